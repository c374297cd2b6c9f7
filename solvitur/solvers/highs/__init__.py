"""HiGHS: linear, mixed-integer linear, and convex quadratic objectives."""
