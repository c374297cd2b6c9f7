"""LP and MPS files as others write them, and what they say."""

LP = """\\ a comment
Maximize
 profit: 3 x(1) + 2 y - 4 z + 10 + [ 2 x(1) ^ 2 + 4 x(1) * y ] / 2
Subject To
 c1: x(1) + y <= 10
 - x(1) + z >= -2
 c3: y - z = 1
Bounds
 -3 <= x(1) <= 4
 y free
Generals
 z
Binaries
 on
End
"""
MPS = """\
NAME          ranges
OBJSENSE
    MAX
ROWS
 N  COST
 L  LIM1
 G  MYEQN
 E  EQ
 N  UNUSED
COLUMNS
    X1        COST              1.0   LIM1              1.0
    X1        EQ                1.0
    M1        'MARKER'                'INTORG'
    Y         COST              2.0   MYEQN             1.0
    M2        'MARKER'                'INTEND'
RHS
    RHS       LIM1              4.0   MYEQN             1.0
    RHS       COST             -5.0
RANGES
    RNG       LIM1              2.5
    RNG       EQ                3.0
BOUNDS
 UP BND       X1                4.0
 UP BND       Y                 8.0
ENDATA
"""
