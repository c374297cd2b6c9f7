"""Easy problems: whole numbers are searched in full, amounts at every corner."""

from tests.eval.oracles.routes import Result, corner, highest, lowest, solved


def easy_01() -> Result:
    cents = highest(
        [range(40, 121), range(121)],
        lambda rye, focaccia: 240 * rye + 310 * focaccia,
        lambda rye, focaccia: (
            500 * rye + 300 * focaccia <= 60 * 1000 and 4 * rye + 6 * focaccia <= 720
        ),
    )
    assert cents.objective is not None
    return solved(cents.objective / 100)


def easy_02() -> Result:
    return lowest(
        [range(14), range(14)],
        lambda nurses, pharmacists: 38 * nurses + 26 * pharmacists,
        lambda nurses, pharmacists: (
            14 * nurses + 11 * pharmacists >= 150
            and nurses + pharmacists <= 13
            and 2 * nurses >= pharmacists
        ),
    )


def easy_03() -> Result:
    return highest(
        [range(65), range(65)],
        lambda wing, quad: 90 * wing + 25 * quad,
        lambda wing, quad: (
            3 * wing + quad <= 64 and 50 * wing + 20 * quad <= 18 * 60 and quad >= wing + 5
        ),
    )


def easy_04() -> Result:
    return lowest(
        [range(40), range(40)],
        lambda box, semi: 140 * box + 390 * semi,
        lambda box, semi: 18 * box + 45 * semi >= 330 and 10 * box <= 6 * (box + semi),
    )


def easy_05() -> Result:
    return corner(
        "max",
        [310, 460, 380],
        ([1, 1, 1], "<=", 120),
        ([1100, 2200, 1500], "<=", 180_000),
        ([1, -2, 0], ">=", 0),
        ([0, 0, 1], "<=", 30),
    )


def easy_06() -> Result:
    return highest(
        [range(54), range(26), range(15, 134)],
        lambda radio, podcast, poster: 5200 * radio + 3400 * podcast + 1500 * poster,
        lambda radio, podcast, poster: (
            450 * radio + 320 * podcast + 180 * poster <= 24_000
            and 10 * radio <= 4 * (radio + podcast + poster)
        ),
    )


def easy_07() -> Result:
    return corner(
        "max",
        [420, 560, 910],
        ([1.5, 2, 2.5], "<=", 100),
        ([4, 6, 9], "<=", 290),
        ([-1, 3, -1], ">=", 0),  # ductile >= a quarter of all three
        ([0, 0, 1], "<=", 8),
    )


def easy_08() -> Result:
    return highest(
        [range(31), range(31)],
        lambda truck, stall: 110 * truck + 150 * stall,
        lambda truck, stall: (
            12 * truck + 5 * stall <= 150 and 6 * truck + 2 * stall <= 60 and stall - truck <= 4
        ),
    )


def easy_09() -> Result:
    return corner(
        "min",
        [0.32, 0.58],
        ([90, 180], ">=", 9000),
        ([280, 110], ">=", 14_000),
        ([1, 1], "<=", 75),
    )


def easy_10() -> Result:
    return lowest(
        [range(31), range(31)],
        lambda caustic, enzyme: 35 * caustic + 50 * enzyme,
        lambda caustic, enzyme: 40 * caustic + 65 * enzyme >= 900 and 3 * enzyme <= caustic,
    )


def easy_11() -> Result:
    return lowest(
        [range(12), range(2, 12)],
        lambda small, large: 70 * small + 140 * large,
        lambda small, large: 1800 * small + 3100 * large >= 26_000 and small + large <= 11,
    )


def easy_12() -> Result:
    return highest(
        [range(17), range(6, 80)],
        lambda pillar, taper: 27 * pillar + 22 * taper,
        lambda pillar, taper: (
            30 * pillar + 12 * taper <= 750 and 40 * pillar + 55 * taper <= 30 * 60
        ),
    )


def easy_13() -> Result:
    return lowest(
        [range(21), range(11)],
        lambda cpu, gpu: 9 * cpu + 21 * gpu,
        lambda cpu, gpu: 16 * cpu + 30 * gpu >= 480,
    )


def easy_14() -> Result:
    return lowest(
        [range(25), range(48), range(20)],
        lambda minibus, taxi, ambulance: 65 * minibus + 22 * taxi + 48 * ambulance,
        lambda minibus, taxi, ambulance: (
            8 * minibus + 3 * taxi + 2 * ambulance >= 140
            and 10 * ambulance >= minibus + taxi + ambulance
            and 2 * taxi <= minibus + taxi + ambulance
        ),
    )


def easy_15() -> Result:
    return corner(
        "max",
        [18, 11],
        ([0.45, 0.08], "<=", 36),
        ([0.1, 0.22], "<=", 30),
        ([1, 0], ">=", 25),
        ([0, 1], "<=", 100),
    )


def easy_16() -> Result:
    return corner(
        "max",
        [0.038, 0.046, 0.085],
        ([1, 1, 1], "<=", 200_000),
        ([-0.3, -0.3, 0.7], "<=", 0),
        ([-1.5, 1, 0], "<=", 0),
    )


def easy_17() -> Result:
    return corner(
        "min",
        [7.2, 6.1, 4.9],
        ([1, 1, 1], "==", 200),
        ([1, 0, 0], ">=", 70),  # 35% of 200
        ([-1, 2, 0], "<=", 0),
        ([0, 0, 1], "<=", 90),
    )


def easy_18() -> Result:
    return highest(
        [range(85), range(4, 15)],
        lambda car, lorry: 48 * car + 165 * lorry,
        lambda car, lorry: 5 * car + 16 * lorry <= 420 and 16 * car + 240 * lorry <= 3400,
    )


def easy_19() -> Result:
    return corner(
        "min",
        [0.9, 3.1],
        ([2000, 5500], ">=", 48_000),
        ([1, 1], "<=", 14),
        ([1, 0], "<=", 9),
    )


def easy_20() -> Result:
    return corner(
        "max",
        [62, 55, 48, 36],
        ([1, 1, 1, 1], "<=", 45),
        ([1, 0, 0, 0], "<=", 12),
        ([0.4, 0.4, -0.6, -0.6], "<=", 0),
        ([0, 0, 1, -2], "<=", 0),
        ([0, 0, 0, 1], ">=", 5),
    )


def easy_21() -> Result:
    return lowest(
        [range(13), range(18)],
        lambda lasagne, curry: 31 * lasagne + 27 * curry,
        lambda lasagne, curry: (
            24 * lasagne + 30 * curry >= 420
            and 50 * lasagne + 35 * curry <= 10 * 60
            and lasagne >= curry
        ),
    )


def easy_22() -> Result:
    def profit(is_together: bool) -> float:
        dimes = highest(
            [range(10, 31), range(31)],
            lambda straw, rasp: 18 * straw + 22 * rasp,
            lambda straw, rasp: (
                2 * straw + 3 * rasp <= 120 and (not is_together or straw + rasp <= 30)
            ),
        )
        assert dimes.objective is not None
        return dimes.objective / 10

    return solved(profit(True), profit(True), profit(False))
