def measure_peers(s):
    pass
