autocmd BufRead,BufNewFile *.inv setfiletype inv
