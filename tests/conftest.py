"""How every test is run: the same examples on every machine, and none of them against a clock."""

from hypothesis import HealthCheck, settings

STEADY = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
"""What a run draws depends on nothing but the test itself: a run that fails here fails everywhere."""

settings.register_profile("steady", STEADY)
settings.register_profile("explore", STEADY, derandomize=False)
settings.load_profile("steady")
