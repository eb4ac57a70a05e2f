" Vim syntax for invlang, made by grammar/editors/make.py.
if exists("b:current_syntax")
  finish
endif

syntax match invStatement '^\s*\%(use\|dim\|given\|unknown\|let\|data\|observe\|simulate\|network\|operator\|functional\|primitive\|noise\|generator\|algorithm\|reconstruct\|train\|evaluate\)\>\ze\s\+[A-Za-z\"]'
syntax keyword invClause by solves samples where is law has example in if else
syntax match invClause '\%(^\s*\|[{;]\s*\)\@<=\%(minimize\|sample\|estimate\|accelerate\|batch\|by\|checkpoint\|epochs\|equilibrium\|implicit\|learn\|loss\|metrics\|nonconvex\|on\|optimizer\|report\|seed\|start\|stop\|unroll\|repeat\)\>'
syntax match invClause '\s\zs\%(from\|over\|per\|on\|as\|when\|python\|accelerate\|batch\|by\|checkpoint\|epochs\|equilibrium\|implicit\|learn\|loss\|metrics\|nonconvex\|on\|optimizer\|report\|seed\|start\|stop\|unroll\)\>\ze\s\+[A-Za-z0-9\"]'
syntax keyword invType real complex binary integer number boolean
syntax keyword invConstant true false inf
syntax match invNumber '\<\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?\>'
syntax match invOperator '[-+*/^@~=|<>∘⊙·×ᴴ‖→≤≥≠]'
syntax region invString start='"' end='"' oneline
syntax region invDescription start='"""' end='"""'
syntax match invComment '#.*$'
syntax match invDoc '^\s*##.*$'

highlight default link invStatement Statement
highlight default link invClause Keyword
highlight default link invType Type
highlight default link invConstant Constant
highlight default link invNumber Number
highlight default link invOperator Operator
highlight default link invString String
highlight default link invDescription SpecialComment
highlight default link invComment Comment
highlight default link invDoc SpecialComment

let b:current_syntax = "inv"
