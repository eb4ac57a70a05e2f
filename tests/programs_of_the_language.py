"""The programs that the language was first described by."""

from __future__ import annotations

FIRST = '''\"""Recover a photograph from a blurred, noisy copy."""

dim H, W                                            # sizes; these two are learnt from the data

unknown x : real[3, H, W] in [0, 1]
given   h : real[9, 9] = gaussian_kernel(sigma = 1.6)
let     A = Blur(h, boundary = circular)
data    y ~ Normal(A @ x, sigma = 0.02)

simulate x = image("astronaut")                     # no real measurement? then make one from a truth

reconstruct tv {
  minimize fidelity(y) + 20 * TV(x)
}
reconstruct wavelet {
  minimize fidelity(y) + 10 * norm1(Wavelet("db4", levels = 3) @ x)
  by       DavisYin(iterations = 200)                # two nonsmooth terms: the box and the wavelets
}
evaluate tv, wavelet { metrics psnr, ssim }
'''

PROGRAMS = (
    FIRST,
    """use fourier

## Cartesian MRI of one coil: the image's centred spectrum where the mask samples it.
operator MRI(mask : binary[..., H, W]) : complex[..., H, W] -> complex[..., H, W]
  = Diagonal(mask) @ Fourier(H, W, centred)

## Parallel MRI: each coil sees the image through its own sensitivity map.
operator MultiCoilMRI(maps : complex[C, H, W], mask : binary[..., H, W]) : complex[H, W] -> complex[C, H, W]
  = MRI(mask) @ Diagonal(maps) @ Repeat(C)

## A colour camera's and a panchromatic camera's view of one scene.
operator Pansharpen(h : real[p, q], factor : integer, response : real[C])
       : real[C, H, W] -> (real[C, H // factor, W // factor], real[1, H, W])
  = Stack(Downsample(H, W, factor = factor) @ Blur(h), Weigh(C, response))

## Ptychography: a probe moves over the object, a camera far away sees each patch's diffraction.
operator PtychographyLinearOperator(probe : complex[p, q], at : integer[S, 2]) : complex[H, W] -> complex[S, p, q]
  = Fourier(p, q, centred) @ Diagonal(probe) @ Patches(at, size = [p, q])
operator Ptychography(probe, at) = abs2 @ PtychographyLinearOperator(probe, at)
""",
    """## The orthonormal discrete Fourier transform over the named axes.
primitive Fourier(axes..., centred : boolean = false) : complex[...] -> complex[...]
  is unitary
  law      Fourier(a, b) = Fourier(a) @ Fourier(b)
  example  Fourier(H, W) on complex[8, 6]
""",
    """## Forward–backward splitting. Converges for 0 < step < 2 / L. [Combettes, Wajs 2005]
algorithm PGD(f : smooth, g : proximable, step = 1 / lipschitz(f))
  solves f(x) + g(x)
{
  repeat {
    x = prox(step * g)(x - step * grad(f)(x))
  }
}

algorithm FISTA(f : smooth convex, g : proximable convex, step = 1 / lipschitz(f))
  solves f(x) + g(x)
{
  z = x;  t = 1
  repeat {
    x' = prox(step * g)(z - step * grad(f)(z))
    t' = (1 + sqrt(1 + 4 * t^2)) / 2
    z  = x' + (t - 1) / t' * (x' - x)
  }
}

algorithm ADMM(f : quadratic, g : proximable convex, K : linear, rho = 1)
  solves f(x) + g(K @ x)
{
  z = K @ x;  u = 0 * z
  repeat {
    x = argmin(v -> f(v) + rho / 2 * sq(K @ v - z + u))       # closed form where the structure gives one
    z = prox(g / rho)(K @ x + u)
    u = u + K @ x - z
  }
}

## Unadjusted Langevin sampling of exp(-E).
algorithm ULA(E : smooth, step)
  samples E(x)
{
  repeat { x = x - step * grad(E)(x) + sqrt(2 * step) * randn(x) }
}
""",
    """functional TV(x : number[..., H, W])              = sum(norm2(Gradient(H, W) @ x, axis = gradient))
functional Tikhonov(x)                            = 0.5 * sq(x)
functional GroupSparse(x : complex[C, H, W])      = sum(norm2(x, axis = C))
""",
    """network D = DRUNet(channels = 1, noise_level = true, weights = "bundled/denoiser-gray")

reconstruct pnp {
  minimize fidelity(y) + PnP(D, sigma = decay(0.2, 0.02))(x)
  by       HQS(iterations = 8)
}
reconstruct artifact_removal { estimate UNet(channels = 1)(pinv(A) @ y) }

reconstruct unrolled {
  minimize fidelity(y) + PnP(D)(x)
  by       PGD
  unroll 8 { learn step per iteration, D }
}
reconstruct deq {
  minimize fidelity(y) + PnP(D)(x)
  by       PGD
  equilibrium { learn D; accelerate anderson(5) }
}
reconstruct posterior {
  sample 64 from fidelity(y) + 20 * TV_smooth(x)
  by     ULA(step = 1e-4, iterations = 5000, burn_in = 1000)
  report mean, std
}
reconstruct diffusion { sample 4 from fidelity(y) + Diffusion(D)(x)  by DPS(steps = 100) }
reconstruct prior_net { minimize fidelity(y) over theta  where x = Generator(theta) @ noise  by Adam(lr = 1e-3, iterations = 2000) }

train unrolled {
  on        images("train/"), crop = 64, augment = [flip, rotate]
  loss      mse(x) + 0.1 * EI(rotate)                # supervised and self-supervised terms add up
  optimizer Adam(lr = 1e-3)
  epochs 20   batch 8   seed 0   checkpoint "unrolled/"
}
""",
)
