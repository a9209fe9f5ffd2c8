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
    found, scopes, head_start, parentheses = [], [], 0, 0
    for match in re.finditer(r"[(){};]", text):
        at = match.start()
        if match[0] in "()":
            parentheses += 1 if match[0] == "(" else -1
        if match[0] in "()" or parentheses:  # arguments: braces there are lists and lambdas, in pairs
            continue
        if match[0] == "{":
            head = text[head_start:at]
            is_function = "(" in head and not SCOPE.search(head) and not head.rstrip().endswith("=")
            is_function = is_function and "function" not in scopes
            scopes.append("function" if is_function else "scope")
            if is_function:
                first = text.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
                name = NAME.search(head)
                found.append([name[1] if name else "?", first, None])
        elif match[0] == "}" and scopes:
            if scopes.pop() == "function":
                found[-1][2] = text.count("\n", 0, at) + 1
        if "function" not in scopes:
            head_start = match.end()
    return [(name, first, last - first + 1) for name, first, last in found if last]
