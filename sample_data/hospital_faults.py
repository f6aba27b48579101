"""stub"""


def structure_faults(p):
    pass


def architecture_faults(p):
    pass


def mep_faults(p):
    pass
