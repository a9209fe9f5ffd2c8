"""What vivace doctor sees from inside a Python program. Pure Python, of what every interpreter has built in.

In a notebook, or in any program that runs already (vivace doctor --python-path tells where this lies):

    import vivace_doctor
    vivace_doctor.start()
    ...                      # what is slow
    vivace_doctor.report()
"""


def start():
    """Begins to watch this interpreter, from inside and from outside."""
    from . import notebook

    notebook.start()


def report(html=None, json=None, save=None):
    """Ends the watching and prints why it was slow; writes the whole report, the diagnosis or the evidence."""
    from . import notebook

    notebook.report(html, json, save)
