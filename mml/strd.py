r"""NIST's Statistical Reference Datasets for non-linear regression: 27 problems with answers.

The National Institute of Standards and Technology publishes, for each problem, the data, two
starting points (the first far away, the second nearer), and the least-squares parameters with
their standard errors to eleven digits, found with extended arithmetic by two algorithms. Who
writes a fitting routine is measured against them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mml._validation import as_vectors
from mml.datasets import _FILES, _fall_back, _File, _load, _Unavailable

__all__ = ["MODELS", "StrdProblem", "certified_digits", "load_all_strd", "load_strd"]


def bennett5(x, b):
    """Return the magnetisation of a superconductor after the time x."""
    return b[0] * (b[1] + x) ** (-1 / b[2])


def saturation(x, b):
    """Return a rise towards b[0], at first with the slope b[0] b[1]."""
    return b[0] * (1 - np.exp(-b[1] * x))


def chwirut(x, b):
    """Return the ultrasonic response of a block of metal at the distance x."""
    return np.exp(-b[0] * x) / (b[1] + b[2] * x)


def power(x, b):
    """Return a power law: the energy of a filament at the temperature x."""
    return b[0] * x ** b[1]


def eckerle4(x, b):
    """Return one bell: how much light of the wavelength x a filter lets through."""
    return b[0] / b[1] * np.exp(-((x - b[2]) ** 2) / (2 * b[1] ** 2))


def waves(x, b):
    """Return a constant and three waves, the first with a period of twelve months."""

    def wave(period, c, s):
        return c * np.cos(2 * np.pi * x / period) + s * np.sin(2 * np.pi * x / period)

    return b[0] + wave(12, b[1], b[2]) + wave(b[3], b[4], b[5]) + wave(b[6], b[7], b[8])


def two_bells(x, b):
    """Return an exponential decay with two bells on it."""
    first = b[2] * np.exp(-((x - b[3]) ** 2) / b[4] ** 2)
    second = b[5] * np.exp(-((x - b[6]) ** 2) / b[7] ** 2)
    return b[0] * np.exp(-b[1] * x) + first + second


def cubic_over_cubic(x, b):
    """Return a quotient of two cubic polynomials."""
    top = b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3
    return top / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def square_over_square(x, b):
    """Return a quotient of two quadratic polynomials."""
    return (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2)


def three_decays(x, b):
    """Return a sum of three exponential decays."""
    return b[0] * np.exp(-b[1] * x) + b[2] * np.exp(-b[3] * x) + b[4] * np.exp(-b[5] * x)


def mgh09(x, b):
    """Return a quotient of quadratics with a flat valley: b may run off to infinity."""
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


def mgh10(x, b):
    """Return an exponential whose parameters differ by a factor of a million."""
    return b[0] * np.exp(b[1] / (x + b[2]))


def mgh17(x, b):
    """Return a constant and two decays, whose roles can be exchanged."""
    return b[0] + b[1] * np.exp(-x * b[3]) + b[2] * np.exp(-x * b[4])


def misra1b(x, b):
    """Return a rise towards b[0] that slows down like one over a square."""
    return b[0] * (1 - (1 + b[1] * x / 2) ** -2)


def misra1c(x, b):
    """Return a rise towards b[0] that slows down like one over a root."""
    return b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5)


def misra1d(x, b):
    """Return a rise towards b[0] that slows down like one over x."""
    return b[0] * b[1] * x * (1 + b[1] * x) ** -1


def nelson(x, b):
    """Return the logarithm of the breakdown voltage after x[0] weeks at x[1] degrees."""
    return b[0] - b[1] * x[0] * np.exp(-b[2] * x[1])


def rat42(x, b):
    """Return an S-shaped growth towards b[0]."""
    return b[0] / (1 + np.exp(b[1] - b[2] * x))


def rat43(x, b):
    """Return an S-shaped growth towards b[0] that need not be symmetric."""
    return b[0] / (1 + np.exp(b[1] - b[2] * x)) ** (1 / b[3])


def roszman1(x, b):
    """Return a line less an angle: how atoms lose their excitation."""
    return b[0] - b[1] * x - np.arctan(b[2] / (x - b[3])) / np.pi


MODELS = {
    "Bennett5": bennett5,
    "BoxBOD": saturation,
    "Chwirut1": chwirut,
    "Chwirut2": chwirut,
    "DanWood": power,
    "ENSO": waves,
    "Eckerle4": eckerle4,
    "Gauss1": two_bells,
    "Gauss2": two_bells,
    "Gauss3": two_bells,
    "Hahn1": cubic_over_cubic,
    "Kirby2": square_over_square,
    "Lanczos1": three_decays,
    "Lanczos2": three_decays,
    "Lanczos3": three_decays,
    "MGH09": mgh09,
    "MGH10": mgh10,
    "MGH17": mgh17,
    "Misra1a": saturation,
    "Misra1b": misra1b,
    "Misra1c": misra1c,
    "Misra1d": misra1d,
    "Nelson": nelson,
    "Rat42": rat42,
    "Rat43": rat43,
    "Roszman1": roszman1,
    "Thurber": cubic_over_cubic,
}


@dataclass(frozen=True, eq=False)
class StrdProblem:
    """A fitting problem with its certified answer.

    Attributes
    ----------
    name : str
        NIST's name.
    model : callable
        ``model(x, b)`` returns the predictions.
    x : ndarray, shape (N,) or (2, N)
        Where was measured.
    y : ndarray, shape (N,)
        What was measured; of Nelson its logarithm, which is what the model predicts.
    starts : ndarray, shape (2, n)
        NIST's two starting points, the hard one first.
    parameters, standard_errors : ndarray, shape (n,)
        The certified ones.
    residual_sum_of_squares : float
        The certified smallest sum.
    level : str
        How hard NIST says it is: "lower", "average" or "higher".
    source : str
        Where the numbers come from.
    """

    name: str
    model: Callable = field(repr=False)
    x: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    starts: np.ndarray = field(repr=False)
    parameters: np.ndarray = field(repr=False)
    standard_errors: np.ndarray = field(repr=False)
    residual_sum_of_squares: float
    level: str
    source: str = field(repr=False)


def load_strd(name):
    """Load one of NIST's 27 problems.

    Parameters
    ----------
    name : str
        A key of `MODELS`, such as "Misra1a".

    Returns
    -------
    StrdProblem
        From ``nist/NAME.dat`` under ``MML_DATA``, else from the cache or NIST's address;
        Misra1a, BoxBOD and DanWood come with the package where none can be had.

    Raises
    ------
    ValueError
        If there is no such problem, or the file in ``MML_DATA`` is not the published one.
    FileNotFoundError
        If the data cannot be had; the message says what to do.

    References
    ----------
    NIST, *Statistical Reference Datasets*, https://www.itl.nist.gov/div898/strd/

    Examples
    --------
    >>> problem = load_strd("BoxBOD")
    >>> problem.model(problem.x, [200, 1]).round(1)
    array([126.4, 172.9, 190. , 198.7, 199.8, 200. ])
    """
    if name not in MODELS:
        raise ValueError(f"name must be one of {', '.join(MODELS)}, got {name!r}")
    try:
        return _load(f"{name}.dat", lambda path: _read(path.read_text(), name, "NIST"))
    except _Unavailable as reason:
        if name in _EMBEDDED:
            return _embedded(name)
        raise FileNotFoundError(
            f"NIST's {name}.dat is {reason}: put it into the folder nist of MML_DATA, or "
            f"connect to the net; {', '.join(_EMBEDDED)} come with the package"
        ) from None


def load_all_strd():
    """Load all 27 problems, or the three of the package where NIST's cannot be had.

    Returns
    -------
    tuple of StrdProblem
        In the order of NIST's names.

    Examples
    --------
    >>> len(load_all_strd()) in (3, 27)
    True
    """
    try:
        first = "Thurber"  # not embedded: who has it, has them all, or can have them
        _load(f"{first}.dat", lambda path: None)
    except _Unavailable as reason:
        _fall_back("Thurber.dat", f"{len(_EMBEDDED)} of NIST's 27 problems", reason)
        return tuple(_embedded(name) for name in _EMBEDDED)
    return tuple(load_strd(name) for name in MODELS)


def certified_digits(computed, certified):
    """Return to how many digits numbers agree with their certified values, at the worst.

    Parameters
    ----------
    computed, certified : array_like, shape (n,)
        The certified ones are not 0.

    Returns
    -------
    float
        Minus the decimal logarithm of the largest relative error, between 0 and 11:
        eleven digits are certified.

    Examples
    --------
    >>> certified_digits([3.1416], [3.1415927]).round(1)
    np.float64(5.6)
    """
    computed, certified = as_vectors(computed=computed, certified=certified)
    if not certified.all():
        raise ValueError("certified must not hold 0: relative errors have no meaning there")
    error = np.abs(computed / certified - 1).max()
    return np.float64(np.clip(-np.log10(max(error, 1e-300)), 0, 11))


_PARAMETER = re.compile(r"^\s*b\d+\s*=\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$", re.MULTILINE)
_SUM = re.compile(r"^Residual Sum of Squares:\s*(\S+)", re.MULTILINE)
_LEVEL = re.compile(r"^\s*(Lower|Average|Higher) Level of Difficulty", re.MULTILINE)
_NUMBERS = re.compile(r"^Data:\s+y\s.*\n([\s\S]*)", re.MULTILINE)


def _read(text, name, source):
    """Read a problem in NIST's format; raise a ValueError that names what is missing."""
    rows = _PARAMETER.findall(text)
    found = {
        "parameters": rows,
        "Residual Sum of Squares": _SUM.search(text),
        "Level of Difficulty": _LEVEL.search(text),
        "Data": _NUMBERS.search(text),
    }
    for part, match in found.items():
        if not match:
            raise ValueError(f"{name}.dat: no {part} found: the file is damaged")
    try:
        b = np.array(rows, dtype=float).T
        table = [line.split() for line in found["Data"][1].splitlines() if line.strip()]
        y, *x = np.array(table, dtype=float).T
    except ValueError as error:
        raise ValueError(f"{name}.dat: its numbers cannot be read: {error}") from None
    return StrdProblem(
        name=name,
        model=MODELS[name],
        x=x[0] if len(x) == 1 else np.array(x),
        y=np.log(y) if name == "Nelson" else y,
        starts=b[:2],
        parameters=b[2],
        standard_errors=b[3],
        residual_sum_of_squares=float(found["Residual Sum of Squares"][1]),
        level=found["Level of Difficulty"][1].lower(),
        source=source,
    )


def _embedded(name):
    return _read(_EMBEDDED[name], name, "NIST, as it comes with the package")


_FILES.update(
    {
        f"{name}.dat": _File(
            title=f"NIST's {name}",
            paths=(f"nist/{name}.dat", f"{name}.dat"),
            urls=(f"https://www.itl.nist.gov/div898/strd/nls/data/LINKS/DATA/{name}.dat",),
            sha256=sha256,
            credit="National Institute of Standards and Technology; public domain",
        )
        for name, sha256 in {
            "Bennett5": ("e2be71fffe2a78821361ff3e71eef4549df7015911e3e8e893f3914829872ab4"),
            "BoxBOD": ("406992ecdd177696e45662e927ad26947d9f3b095e02537d50fc880f982d720a"),
            "Chwirut1": ("a934a583464358c8cb3f67d27a016c15ab90dadfbf5303079b33dd284134b55b"),
            "Chwirut2": ("968142c6f5427d87b1fed1e1bfc8cfce1f7ae8c6b89d3fbfb4960d7ced3c1e11"),
            "DanWood": ("e8d05d54bc3646796cf8d5291c5e39c826049df4771587263357d76c18c393c2"),
            "ENSO": ("f27b059fb680f986a0eb44a54fa4705bff1bd2ba4b0214bb680c19e2d66f2972"),
            "Eckerle4": ("b91c6505f0f0c8504e1b4c87b2a043368a8e18bd5ecb5efeb7a0fb346e9a3e10"),
            "Gauss1": ("c7ce799e2a6667ae682152a816e7105645d0ae50acf968339862ace9dd51e8f2"),
            "Gauss2": ("77182830681f7b4ec1eab70e44e2e63b793022a779a40e495201ee3a4a63f618"),
            "Gauss3": ("14c252a4d796a582af55f3a4fa5f4be3b32cd02798073a526cc5ced565117a03"),
            "Hahn1": ("251ab6520101c6a14d50a3f3b9472b4ab9f720852efbd735c7a3aee12a9c65f5"),
            "Kirby2": ("64f9f1c525a76d0ca56de05bf8f053dcced5f91a6eeb156051dbcb5b9b81c374"),
            "Lanczos1": ("42a9c2d11fd7cbfd88f9d1e56e25fc9ec8fe89a684f452feee74c0f59ede0efc"),
            "Lanczos2": ("4a3aaac05a11811d36c473bb505f8c9183b4060a3586a876813bedd81290116f"),
            "Lanczos3": ("1a9fc8e9adefdd5222ce99d71e640605b4093778af3b31f0f186bd1036cece09"),
            "MGH09": ("6913c6e6f158da10d70154b6288883e81bc17f69e6092ae87ad44977552d18bf"),
            "MGH10": ("f89e5ff39d3b77dcb8bd6df9c5f93ff9872350aadc902b68d718ee229c484fb4"),
            "MGH17": ("8f8c6156dce64a48fd475388401d0e51fd1ab08d55e2f72978b69e7256ae3674"),
            "Misra1a": ("45c8da1de19d1cd0bdcefe06e333dee7ec8b31fa5c58b4eada427a7777853650"),
            "Misra1b": ("521c50ed2063858bfa577c1413fbc07644c8425c8cd2819da004efc3c7b5c705"),
            "Misra1c": ("bf51450b3582c2bdc660fe4e7554db3210c8546b1b03429b092b6d57a5d48404"),
            "Misra1d": ("55a26f4017fe7580cc59692527068d29c94f95f27ca1f4472916d3ac29b663f8"),
            "Nelson": ("fc368adf8ac8c17658d3be390c73382398a17fd97786bcb83dd979e3c5946514"),
            "Rat42": ("a06bacb7113903cfbf607b5243d4525b58929172f60ac54c764a268525fdda83"),
            "Rat43": ("5bcbb16649254975701acb2e07a5658a2248ce90cc22bc6f52e35e2a4cc0ee9e"),
            "Roszman1": ("b62c19e840e9686ed11732bd45398e07efc240cb542ac11f1b7b77368f5a89e0"),
            "Thurber": ("b66224bd6ec25754af5ec16f00b25ce18ccc8c09b40ebe0acf8515d01abec0a4"),
        }.items()
    }
)

# What comes with the package: the parts of NIST's files that are read, word for word.
_EMBEDDED = {
    "Misra1a": """
               Lower Level of Difficulty
  b1 =   500         250           2.3894212918E+02  2.7070075241E+00
  b2 =     0.0001      0.0005      5.5015643181E-04  7.2668688436E-06
Residual Sum of Squares:                    1.2455138894E-01
Data:   y               x
      10.07E0      77.6E0
      14.73E0     114.9E0
      17.94E0     141.1E0
      23.93E0     190.8E0
      29.61E0     239.9E0
      35.18E0     289.0E0
      40.02E0     332.8E0
      44.82E0     378.4E0
      50.76E0     434.8E0
      55.05E0     477.3E0
      61.01E0     536.8E0
      66.40E0     593.1E0
      75.47E0     689.1E0
      81.78E0     760.0E0
""",
    "BoxBOD": """
               Higher Level of Difficulty
  b1 =   1           100           2.1380940889E+02  1.2354515176E+01
  b2 =   1             0.75        5.4723748542E-01  1.0455993237E-01
Residual Sum of Squares:                    1.1680088766E+03
Data:   y             x
      109             1
      149             2
      149             3
      191             5
      213             7
      224            10
""",
    "DanWood": """
               Lower Level of Difficulty
  b1 =   1           0.7           7.6886226176E-01  1.8281973860E-02
  b2 =   5           4             3.8604055871E+00  5.1726610913E-02
Residual Sum of Squares:                    4.3173084083E-03
Data:  y              x
      2.138E0        1.309E0
      3.421E0        1.471E0
      3.597E0        1.490E0
      4.340E0        1.565E0
      4.882E0        1.611E0
      5.660E0        1.680E0
""",
}
