# Just enough C++ to find function bodies: text without comments and strings, and the braces in it.
import re

# Comments, raw strings, strings and character constants (not the ' in 1'000'000), preprocessor lines.
NOISE = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
    re.S | re.M,
)
# What opens a scope that holds functions, rather than a function.
SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b(?![^{]*\))")
NAME = re.compile(r"([~\w:]+)\s*\(")


def without_noise(text):
    """The text with comments, strings and directives blanked; lines and columns stay."""
    return NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def functions(text):
    """(name, first line, number of lines) of every outermost function body."""
    text = without_noise(text)
    found, scopes, head_start = [], [], 0
    for match in re.finditer(r"[{};]", text):
        at = match.start()
        inside = "function" in scopes
        if match[0] == "{":
            head = text[head_start:at]
            is_function = not inside and "(" in head and not SCOPE.search(head) and not head.rstrip().endswith("=")
            scopes.append("function" if is_function else "scope")
            if is_function:
                first = text.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
                name = NAME.search(head)
                found.append([name[1] if name else "?", first, len(scopes), None])
        elif match[0] == "}" and scopes:
            if scopes.pop() == "function":
                found[-1][3] = text.count("\n", 0, at) + 1
        if not inside:
            head_start = match.end()
    return [(name, first, last - first + 1) for name, first, _, last in found if last]
