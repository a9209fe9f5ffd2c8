"""The quantised operators, a module for each family: cases(out) adds them to a file of golden cases."""
