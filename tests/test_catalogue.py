"""Every measurement, every law of what is known and every noise law: it is listed, has a page, and a program with its picture."""

from __future__ import annotations

import re

import pytest

from invlang.documentation import code_of, doc_of, entry_text, list_text
from invlang.meaning import library

MEASUREMENTS = """
Denoising Inpainting Demosaicing Decolorize Blur BlurFFT SpaceVaryingBlur Downsampling Upsampling MRI MultiCoilMRI DynamicMRI
SequentialMRI NonCartesianMRI Tomography ConeBeam PET PlaneWaveUltrasound Pansharpen HyperSpectralUnmixing
CompressiveSpectralImaging CompressedSensing StructuredRandom SinglePixelCamera RadioInterferometry SinglePhotonLidar Haze
PhaseRetrieval RandomPhaseRetrieval StructuredRandomPhaseRetrieval Ptychography PtychographyLinearOperator build_probe
generate_shifts overlapping_shifts Crop Patches SpatialUnwrapping Quantise Clip Subset Scattering Born
""".split()
ESTIMATES = """
FBP FDK RootSumOfSquares ESPIRiT SENSE Brovey MatchedFilter birdcage_maps density_weights RegularMask radial_trajectory
spiral_trajectory uv_tracks plane_waves circle_of_places
""".split()
KNOWN = """
BernoulliSplittingMask GaussianSplittingMask Phase2PhaseSplitting Artifact2ArtifactSplitting MultiplicativeSplittingMask MotionBlur
DiffractionBlur ProductConvolutionBlur ProductConvolutionWeights ConfocalBlur3D DiffractionBlur3D ~Downsampling TiledBlur
GaussianBlur GaussianMask RandomMask EquispacedMask CartesianMask PolyOrderMask Sigma Gain gaussian_blur gaussian_kernel sinc_filter
bilinear_filter bicubic_filter shepp_logan shepp_logan_3d RandomEllipses DeadLeaves
""".split()
NOISE = (
    "Normal UniformNormal Poisson PoissonGaussian Gamma FisherTippett LogPoisson SaltPepper Uniform Rician Laplace none".split()
)
PRIORS = """
Zero Tikhonov TVL1 TVHuber TV3D Huber LowRank Simplex WaveletDictionary WaveletSparse3D IndicatorL1 IndicatorL2 Entropy Burg
L0 Lp LogSum Cauchy TGV RDP UndecimatedWaveletSparse EPLL
""".split()
NAMES = [*MEASUREMENTS, *ESTIMATES, *KNOWN, *NOISE, *PRIORS]
COVERED = ("operators", "generators", "noise", "priors")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_listed_has_a_page_and_is_shown_at_work(name: str) -> None:
    entry = library.entries()[name]
    assert entry.family in COVERED
    assert f"\n  {entry.name} " in list_text()
    page = entry_text(name)
    assert doc_of(entry) and code_of(entry) in page.replace("\n  ", "\n") and "at work" in page


@pytest.mark.parametrize("name", sorted(set(MEASUREMENTS) - {"Crop", "Patches"}))
def test_a_measurement_says_where_it_comes_from(name: str) -> None:
    assert re.search(r"\[[^\]]+ \d{4}[^\]]*\]", doc_of(library.entries()[name]))


PLAIN = set("Zero Repeat Complex Real Flatten Gather Exact none ramp Sigma Gain beating_heart log_poisson_likelihood".split())
MADE_BY_THE_COMPILER = {"Basis", "Gather", "Echoes"}


@pytest.mark.parametrize("name", sorted(library.entries()))
def test_a_page_says_where_it_comes_from_and_holds_something_that_runs(name: str) -> None:
    entry = library.entries()[name]
    page = entry_text(name)
    if entry.family in ("operators", "priors", *COVERED) and name not in PLAIN:
        assert re.search(r"\[[^\]]+ \d{4}[^\]]*\]", doc_of(entry))
    if entry.family == "operators" and name not in MADE_BY_THE_COMPILER:
        assert "at work" in page or "example " in page
