"""Finds the numbers that an author typed, and those that the cells of the page show.

A number in the prose comes from `{glue}`, or stands beside a cell that computes or asserts it.
So a typed number of three or more significant digits with a decimal point or a thousands comma
(0.618, 6,012) has to occur on its page in a cell: in its code or in what it printed, there
perhaps with more digits. What comes from elsewhere, a figure in a cited work, is listed in a
comment of the page that says where it comes from, and is not shown:

    % typed: 0.85 1,000,000 (Brin and Page 1998, §2.1)
"""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation

FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(\{[\w:+-]+\})?(.*)$")
CODE = {"{code-cell}", "{code-block}", "{literalinclude}", "{mermaid}", "{bibliography}"}
NUMBER = re.compile(
    r"(?<![\w.,^_/-])-?"
    r"(\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})+(?:\.\d+)?|\d+\.\d+)"
    r"(?![\w^]|[.,]\d)"
)
COMPUTED = re.compile(r"(?<![\w.])(\d+(?:[,_]\d{3})*\.?\d*(?:[eE][-+]?\d+)?)")
TYPED = re.compile(r"^\s*%\s*typed:\s*(.*)$", re.MULTILINE)
HIDDEN = [
    re.compile(r"`+[^`\n]+`+"),  # code and roles
    re.compile(r"\]\([^)\s]*\)"),  # addresses
    re.compile(r"https?://\S+"),
    re.compile(r"\{[\w:-]+\}(?=`)"),
]


def prose_lines(text):
    """Yield (line number, text) of what an author typed for reading: no code, no options."""
    head = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    first = head[0].count("\n") if head else 0
    stack, options = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if number <= first or line.lstrip().startswith("%"):
            continue
        fence = FENCE.match(line)
        if fence:
            mark, name, rest = fence[1], fence[2], fence[3]
            closes = stack and stack[-1][0][0] == mark[0] and len(mark) >= len(stack[-1][0])
            if closes and not name and not rest.strip():
                stack.pop()
                continue
            if not (stack and stack[-1][1]):
                is_code = (name in CODE) if name else mark[0] != ":"
                stack.append((mark, is_code))
                options = True
                if name and not is_code:
                    yield number, rest
            continue
        if stack and stack[-1][1]:
            continue
        if options and (re.match(r"\s*:[\w-]+:", line) or not line.strip()):
            continue
        options = False
        yield number, line


def typed_numbers(text):
    """Return [(line, number as typed)] for the numbers that have to be computed."""
    found = []
    for line, content in prose_lines(text):
        for hidden in HIDDEN:
            content = hidden.sub(" ", content)
        for match in NUMBER.finditer(content):
            if len(digits(match[1])) >= 3:
                found.append((line, match[1]))
    return found


def digits(number):
    """Return the significant digits of a number as typed."""
    return re.sub(r"\D", "", number).lstrip("0")


def value(number):
    """Return the value of a number as typed."""
    return Decimal(re.sub(r"[^\d.]", "", number))


def computed_numbers(text):
    """Return the values that a text of code and output holds."""
    found = set()
    for match in COMPUTED.finditer(text):
        try:
            found.add(abs(Decimal(match[1].replace(",", "").replace("_", ""))))
        except InvalidOperation:
            continue
    return found


def is_backed(number, computed):
    """Tell whether a typed number is one of the computed ones, or one of them rounded."""
    wanted = value(number)
    unit = Decimal(1).scaleb(wanted.as_tuple().exponent)
    for one in computed:
        for scale in (1, 100):  # 0.618 may be typed as 61.8 per cent
            if one * scale == wanted:
                return True
            if abs(one * scale - wanted) <= unit:
                for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP):
                    if (one * scale).quantize(unit, rounding=rounding) == wanted:
                        return True
    return False


def unbacked(text, computed):
    """Return the typed numbers of a page that no cell shows and no comment accounts for."""
    named = set(re.findall(r"[\d,.]*\d", " ".join(TYPED.findall(text))))
    known = {value(number) for number in named}
    return [
        (line, number)
        for line, number in typed_numbers(text)
        if value(number) not in known and not is_backed(number, computed)
    ]
