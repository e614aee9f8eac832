"""torch-fidelity's call: metrics of a set of images beside another, in one dictionary with its keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError, did_you_mean
from evalsuite.images.inputs import input_features, open_input

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.settings import FeatureSettings

__all__ = ["calculate_metrics"]

_EXTRACTOR = "inception-v3-compat"
# What torch-fidelity 0.4 takes besides, with the values that are taken here.
_FIXED: dict[str, tuple[object, ...]] = {
    "ppl": (False,),
    "feature_layer_isc": (None, "logits_unbiased"),
    "feature_layer_fid": (None, "2048"),
    "feature_layer_kid": (None, "2048"),
    "feature_layer_prc": (None, "2048"),
    "feature_extractor_internal_dtype": (None, "float32"),
    "feature_extractor_compile": (False,),
    "kid_kernel": ("poly",),
    "kid_kernel_poly_degree": (3,),
    "kid_kernel_poly_gamma": (None,),
    "kid_kernel_poly_coef0": (1,),
    "samples_resize_and_crop": (0,),
    **{
        f"{one}_{what}": (default,)
        for one in ("input1", "input2")
        for what, default in (
            ("cache_name", None),
            ("model_z_size", None),
            ("model_num_classes", 0),
            ("model_num_samples", None),
        )
    },
}
# And what says nothing about a result here, whatever its value.
_WITHOUT_EFFECT = frozenset(
    {
        "cache",
        "datasets_download",
        "datasets_root",
        "input1_model_z_type",
        "input2_model_z_type",
        "kid_kernel_rbf_sigma",
        "ppl_discard_percentile_higher",
        "ppl_discard_percentile_lower",
        "ppl_epsilon",
        "ppl_reduction",
        "ppl_sample_similarity",
        "ppl_sample_similarity_dtype",
        "ppl_sample_similarity_resize",
        "ppl_z_interp_mode",
        "prc_batch_size",
        "samples_ext_lossy",
        "save_cpu_ram",
        "verbose",
    }
)


def calculate_metrics(
    *,
    input1: object = None,
    input2: object = None,
    isc: bool = False,
    fid: bool = False,
    kid: bool = False,
    prc: bool = False,
    cuda: bool = True,
    batch_size: int | None = None,
    feature_extractor: str | None = None,
    feature_extractor_weights_path: str | Path | None = None,
    isc_splits: int = 10,
    kid_subsets: int = 100,
    kid_subset_size: int = 1000,
    prc_neighborhood: int = 3,
    samples_shuffle: bool = True,
    samples_find_deep: bool = False,
    samples_find_ext: str = "png,jpg,jpeg",
    cache_root: str | Path | None = None,
    rng_seed: int = 2020,
    **others: object,
) -> dict[str, float]:
    """Compute the metrics that torch-fidelity computes, by its names of arguments and results.

    Parameters
    ----------
    input1 : path, array, tensor or data set
        Generated images: the path of a folder, tar or npz; uint8 arrays of shape (n, height, width) or (n, height,
        width, 1 or 3); a uint8 tensor of shape (n, 1 or 3, height, width); or a data set of uint8 tensors of shape (1
        or 3, height, width).
    input2 : path, array, tensor or data set, optional
        Real images, which all but `isc` need.
    isc, fid, kid, prc : bool, default False
        Inception score; Fréchet distance; kernel distance of seeded subsets; precision and recall.
    cuda : bool, default True
        Compute on the first GPU where there is one.
    batch_size : int, optional
        Images computed at once; what suits the device where None. It may move last digits.
    feature_extractor : str, optional
        ``"inception-v3-compat"``, the default. `prc` needs it to be said: torch-fidelity's own default for `prc` is
        VGG16, which is not here.
    feature_extractor_weights_path : path, optional
        Weights of Inception; looked for as ``evalsuite weights list`` says where None.
    isc_splits, kid_subsets, kid_subset_size, prc_neighborhood, samples_shuffle, rng_seed
        As in torch-fidelity.
    samples_find_deep : bool, default False
        Whether images in subfolders count.
    samples_find_ext : str, default "png,jpg,jpeg"
        Endings of files of a folder that count, in capitals too.
    cache_root : path, optional
        Where features are kept, by what they are of; nowhere where None.
    **others
        All else that torch-fidelity 0.4 takes, if it has its default there or can have no effect.

    Returns
    -------
    dict of str to float
        Of ``frechet_inception_distance``, ``kernel_inception_distance_mean`` and ``_std``, ``inception_score_mean`` and
        ``_std``, ``precision``, ``recall`` and ``f_score``, those that were asked for. The deviations are of splits
        and subsets, and no confidence intervals: for these see ``evalsuite score --real --fake``.

    Raises
    ------
    TypeError
        If an input is of another kind, or an argument is not one of torch-fidelity's.
    UsageError
        If nothing is asked for, an input is missing, or an argument asks for what is not here; it is named.
    InputError
        If images cannot be read, are too few, or weights are missing or of another network.

    Notes
    -----
    Equal to torch-fidelity 0.4 on the same images within float32's rounding of the network. An unreadable file, which
    ends it there, is left out with a warning, as are images of 16 bits or with transparency, which it reads as others.

    References
    ----------
    .. [1] Obukhov et al., "High-fidelity performance metrics for generative models in PyTorch", 2020.

    Examples
    --------
    >>> calculate_metrics(input1="generated/", fid=True)
    Traceback (most recent call last):
        ...
    evalsuite.errors.UsageError: calculate_metrics: `input2`, the real images, is missing: only isc needs none
    """
    _check(others, feature_extractor, isc=isc, fid=fid, kid=kid, prc=prc)
    if input1 is None:
        raise UsageError("calculate_metrics: `input1`, the generated images, is missing")
    if input2 is None and (fid or kid or prc):
        raise UsageError("calculate_metrics: `input2`, the real images, is missing: only isc needs none")
    from evalsuite.extractors.inception import InceptionLogits
    from evalsuite.extractors.inception_weights import find_weights

    suffixes = {f".{ending.strip().lower()}" for ending in samples_find_ext.split(",") if ending.strip()}
    sets = []
    for name, given in (("input1", input1), ("input2", input2 if fid or kid or prc else None)):
        if given is not None:
            sets.append(open_input(given, name, suffixes=suffixes, deep=samples_find_deep))
    weights = find_weights() if feature_extractor_weights_path is None else Path(feature_extractor_weights_path)
    network = InceptionLogits(weights, "torch-fidelity")
    settings = _settings(cache_root, cuda=cuda, batch_size=batch_size)
    features = [input_features(network.source, one, settings) for one in sets]
    found: dict[str, float] = {}
    if isc:
        found |= _inception_score(network.derive(features[0]), isc_splits, rng_seed if samples_shuffle else None)
    if fid:
        found["frechet_inception_distance"] = _frechet(features[0], features[1])
    if kid:
        found |= _kernel_distance(features[0], features[1], kid_subsets, kid_subset_size, rng_seed)
    if prc:
        found |= _precision_recall(features[0], features[1], prc_neighborhood)
    return found


def _check(others: dict[str, object], extractor: str | None, *, isc: bool, fid: bool, kid: bool, prc: bool) -> None:
    """Raise unless something is asked for that is here."""
    known = [*_FIXED, *_WITHOUT_EFFECT]
    for name, value in others.items():
        if name not in known:
            raise TypeError(f"calculate_metrics: no such argument `{name}`{did_you_mean(name, known)}")
        if name in _FIXED and value not in _FIXED[name]:
            taken = " or ".join(map(repr, _FIXED[name]))
            raise UsageError(f"calculate_metrics: `{name}` can only be {taken} here, got {value!r}")
    if extractor not in (None, _EXTRACTOR):
        raise UsageError(
            f'calculate_metrics: `feature_extractor` can only be "{_EXTRACTOR}" here, got {extractor!r}; other '
            "networks are evalsuite score --extractor's"
        )
    if not (isc or fid or kid or prc):
        raise UsageError("calculate_metrics: ask for at least one of `isc`, `fid`, `kid` and `prc`")
    if prc and extractor is None:
        raise UsageError(
            "calculate_metrics: `prc` is by features of VGG16 in torch-fidelity, which are not here; say "
            f'feature_extractor="{_EXTRACTOR}", as torch-fidelity takes it too, for those of Inception'
        )


def _settings(cache_root: str | Path | None, *, cuda: bool, batch_size: int | None) -> FeatureSettings:
    from evalsuite.extractors.feature_cache import FeatureCache
    from evalsuite.extractors.settings import feature_settings

    settings = replace(feature_settings(), precision="float32")
    if not cuda:
        settings = replace(settings, devices=("cpu",))
    if batch_size is not None:
        settings = replace(settings, batch_size=batch_size)
    return settings if cache_root is None else replace(settings, cache=FeatureCache(Path(cache_root)))


def _inception_score(scores: NDArray[np.float32], n_splits: int, seed: int | None) -> dict[str, float]:
    from evalsuite.distances import split_inception_score

    try:
        mean, deviation = split_inception_score(scores, n_splits, seed=seed)
    except ValueError as error:
        raise UsageError(f"calculate_metrics: `isc_splits`: {error}") from error
    return {"inception_score_mean": mean, "inception_score_std": deviation}


def _frechet(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    from evalsuite.distances import frechet_distance
    from evalsuite.errors import InputError

    try:
        return frechet_distance(first, second)
    except ValueError as error:
        raise InputError(f"calculate_metrics: {error}") from error


def _kernel_distance(
    first: NDArray[np.float32], second: NDArray[np.float32], n_subsets: int, size: int, seed: int
) -> dict[str, float]:
    from evalsuite.distances import kernel_subsets

    try:
        found = kernel_subsets(first, second, n_subsets=n_subsets, subset_size=size, seed=seed)
    except ValueError as error:
        said = str(error).replace("`subset_size`", "`kid_subset_size`").replace("`n_subsets`", "`kid_subsets`")
        raise UsageError(f"calculate_metrics: {said}") from error
    return {"kernel_inception_distance_mean": float(found.mean()), "kernel_inception_distance_std": float(found.std())}


def _precision_recall(first: NDArray[np.float32], second: NDArray[np.float32], k: int) -> dict[str, float]:
    from evalsuite.distances import neighbourhoods

    try:
        found = neighbourhoods(first, second, k)
    except ValueError as error:
        raise UsageError(f"calculate_metrics: `prc_neighborhood`: {error}") from error
    f_score = 2 * found.precision * found.recall / max(1e-5, found.precision + found.recall)
    return {"precision": found.precision, "recall": found.recall, "f_score": f_score}
