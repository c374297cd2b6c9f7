"""Families that give things to one another: workers to jobs, sites to places, things to bins."""

from solvitur.training.synthesis.draw import Draw
from solvitur.training.synthesis.english import a, in_words, listed, plural, sentence, spin
from solvitur.training.synthesis.families.registry import family
from solvitur.training.synthesis.story import Story
from solvitur.training.synthesis.telling import tell_each, tell_pairs
from solvitur.training.synthesis.vocabulary import records, words


class _Office:
    """People and jobs, and a number for each pair of them."""

    def __init__(self, draw: Draw, people: int | None = None) -> None:
        self.draw, self.story = draw, Story(draw)
        self.who, self.worker, self.job = draw.one(records("offices"))
        count = draw.whole(3, 5)
        self.people = draw.some(words("people"), people or count + draw.whole(0, 1))
        self.jobs = [f"{self.job} {letter}" for letter in "ABCDE"[:count]]
        self.story.set("W", self.people, plural(self.worker))
        self.story.set("J", self.jobs, plural(self.job))
        self.story.title = f"{plural(self.worker)} for {plural(self.job)}".capitalize()
        self.story.opening.append(
            f"{self.who} has {in_words(len(self.people))} {plural(self.worker)}, "
            f"{listed(self.people)}, and {in_words(count)} {plural(self.job)} to give to them: "
            f"{listed(self.jobs)}"
        )

    def numbers(self, low: int, high: int) -> dict[str, dict[str, int]]:
        """Draw a number for each pair."""
        return {i: {j: self.draw.whole(low, high) for j in self.jobs} for i in self.people}

    def rules(self) -> str:
        """Say that everybody gets one job at most, and every job somebody."""
        return spin(
            "[each {job} has to be done by exactly one {worker}|every {job} needs exactly one "
            "{worker}], and [nobody can take more than one|no {worker} may be given more than one]",
            self.draw,
            job=self.job,
            worker=self.worker,
        )


def _assigned(made: _Office) -> None:
    """Add the decisions, and that each job is done once and nobody does two."""
    story = made.story
    story.decide("x", ["W", "J"], "binary", f"whether a {made.worker} gets a {made.job}")
    says = made.rules()
    story.limit("every_job", "sum(x[i, j] for i in W) == 1", says, forall="j in J")
    story.limit("one_each", "sum(x[i, j] for j in J) <= 1", forall="i in W", doc="one at most")


@family("assignment-by-cost")
def assignment_by_cost(draw: Draw) -> Story:
    """One job for each at least cost, or in the least time."""
    made = _Office(draw)
    story, voice = made.story, made.story.voice
    what, unit = draw.one((("cost", voice.currency), ("time", "hours"), ("distance", "kilometers")))
    numbers = made.numbers(3, 60)
    story.table(what, ["W", "J"], numbers, f"{what} in {unit}")
    _assigned(made)
    story.aim("minimize", f"sum({what}[i, j] * x[i, j] for i in W for j in J)", f"total {what}")
    tell_pairs(
        story,
        numbers,
        lambda value: f"{voice.digits(value)} {unit}",
        draw.one((made.worker, "name")),
        f"the {what} of each pair in {unit}",
        f"the {what} of {{row}} is",
        "for",
    )
    story.goal = spin(
        "[Who should get which {job}|How should the {jobs} be assigned] so that the total {what} "
        "is [lowest|as small as possible]?",
        draw,
        job=made.job,
        jobs=plural(made.job),
        what=what,
    )
    return story


@family("assignment-by-score")
def assignment_by_score(draw: Draw) -> Story:
    """One job for each with the highest score; somebody cannot do something."""
    made = _Office(draw)
    story, voice = made.story, made.story.voice
    what = draw.one(("score", "rating", "suitability"))
    numbers = made.numbers(2, 20)
    story.table(what, ["W", "J"], numbers, f"{what} of a pair in points")
    _assigned(made)
    story.aim("maximize", f"sum({what}[i, j] * x[i, j] for i in W for j in J)", f"total {what}")
    tell_pairs(
        story,
        numbers,
        voice.sizes("point"),
        draw.one((made.worker, "name")),
        f"the {what} of each pair in points",
        f"{{row}} has a {what} of",
        "for",
    )
    if draw.chance(0.5):
        person, job = draw.one(made.people), draw.one(made.jobs)
        says = spin(
            "[{person} cannot take {job}|{job} must not go to {person}]",
            draw,
            person=person,
            job=job,
        )
        story.limit("excluded", f'x["{person}", "{job}"] == 0', says)
    story.goal = spin(
        "[Which assignment has|Find the assignment with] the highest total {what}", draw, what=what
    )
    story.goal += "?" if story.goal.startswith("Which") else ""
    return story


@family("shared-hours")
def shared_hours(draw: Draw) -> Story:
    """Several jobs for each, as far as their hours go."""
    made = _Office(draw, people=3)
    story, voice, people = made.story, made.story.voice, made.people
    costs = {i: {j: draw.whole(10, 90) for j in made.jobs} for i in people}
    hours = {j: draw.whole(2, 12) for j in made.jobs}
    taken = dict.fromkeys(people, 0)
    for job in made.jobs:
        taken[draw.one(people)] += hours[job]
    room = {i: draw.ceiling(max(taken[i], min(hours.values()))) for i in people}
    story.opening = [
        f"{made.who} has to give {in_words(len(made.jobs))} {plural(made.job)} to its "
        f"{plural(made.worker)} {listed(people)}"
    ]
    story.table("cost", ["W", "J"], costs, f"cost in {voice.currency}")
    story.table("hours", ["J"], hours, "hours that it takes")
    story.table("room", ["W"], room, "hours that there are")
    story.decide("x", ["W", "J"], "binary", f"whether a {made.worker} gets a {made.job}")
    story.aim("minimize", "sum(cost[i, j] * x[i, j] for i in W for j in J)", "total cost")
    says = f"[every|each] {made.job} must be given to exactly one of them"
    story.limit("every_job", "sum(x[i, j] for i in W) == 1", spin(says, draw), forall="j in J")
    story.limit("in_time", "sum(hours[j] * x[i, j] for j in J) <= room[i]", forall="i in W")
    size = voice.sizes("hour")
    tell_each(story, hours, size, "[takes|needs|requires]", f"hours for each {made.job}")
    tell_each(story, room, size, "[has|has only|can work|can work at most]")
    caption = f"what each {made.worker} charges for each {made.job} ({voice.currency})"
    tell_pairs(story, costs, voice.money, made.worker, caption, "{row} charges", "for")
    story.goal = "who should do what so that the total cost is as low as possible?"
    return story


@family("machine-balance")
def machine_balance(draw: Draw) -> Story:
    """Jobs on machines so that the last one is done as early as can be."""
    story = Story(draw)
    machine, part = draw.one(words("machines")), draw.one(words("parts"))
    count, jobs = draw.whole(2, 3), draw.whole(4, 6)
    names = [f"order {number}" for number in range(1, jobs + 1)]
    hours = dict(zip(names, (draw.whole(2, 15) for _ in names), strict=True))
    machines = [f"{machine} {letter}" for letter in "ABC"[:count]]
    many = plural(machine)
    story.title = f"Orders on {many}"
    story.opening.append(
        f"a workshop has {in_words(count)} equal {many} and {in_words(jobs)} orders for "
        f"{plural(part)}"
    )
    story.set("M", machines, many)
    story.set("J", names, "orders")
    story.table("hours", ["J"], hours, "hours that an order takes")
    story.decide("x", ["M", "J"], "binary", "whether an order is done on a machine")
    story.decide("longest", [], "continuous", "hours until everything is done")
    story.aim("minimize", "longest", "hours until everything is done")
    says = f"[each|every] order is done on one {machine} from beginning to end"
    story.limit("every_order", "sum(x[m, j] for m in M) == 1", spin(says, draw), forall="j in J")
    story.limit("load", "sum(hours[j] * x[m, j] for j in J) <= longest", forall="m in M")
    tell_each(story, hours, story.voice.sizes("hour"), "[takes|needs]", "working hours")
    story.goal = spin(
        "[How should the orders be divided among the {many}|Which {machine} should do which orders]"
        " so that [the last one is finished|everything is done] as early as possible?",
        draw,
        many=many,
        machine=machine,
    )
    return story


class _Cover:
    """Sites, and the places that each of them covers."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.story = draw, Story(draw)
        self.who, self.site, self.place = draw.one(records("coverage"))
        count = draw.whole(4, 6)
        self.sites = [f"site {number}" for number in range(1, count + 1)]
        self.places = draw.some(words("towns"), draw.whole(4, 6))
        self.covered = {s: draw.some(self.places, draw.whole(1, 3)) for s in self.sites}
        for place in self.places:
            if not any(place in each for each in self.covered.values()):
                self.covered[draw.one(self.sites)].append(place)
        pairs = [(s, p) for s in self.sites for p in self.covered[s]]
        self.story.set("S", self.sites, "sites")
        self.story.set("P", self.places, plural(self.place))
        self.story.set("A", pairs, f"which site covers which {self.place}")
        self.story.opening.append(
            f"{self.who} can put up {a(self.site)} at each of {in_words(count)} sites to cover the "
            f"{plural(self.place)} {listed(self.places)}"
        )

    def tell(self) -> None:
        """Tell what each site covers."""
        said = (f"{s} covers {listed(each)}" for s, each in self.covered.items())
        self.story.tell(" ".join(map(sentence, said)))


@family("covering")
def covering(draw: Draw) -> Story:
    """The fewest, or the cheapest, sites that cover every place."""
    made = _Cover(draw)
    story, voice = made.story, made.story.voice
    story.title = f"{made.site.capitalize()}s for {plural(made.place)}"
    story.decide("x", ["S"], "binary", f"whether there is a {made.site} at a site")
    says = spin(
        "[every|each] {place} must be covered by [at least one {site}|one {site} or more]",
        draw,
        place=made.place,
        site=made.site,
    )
    story.limit("covered", "sum(x[s] for (s, q) in A if q == p) >= 1", says, forall="p in P")
    made.tell()
    if draw.chance(0.5):
        story.aim("minimize", "sum(x[s] for s in S)", f"number of {plural(made.site)}")
        story.goal = f"what is the smallest number of {plural(made.site)} that is enough?"
        return story
    costs = {s: draw.whole(10, 90) for s in made.sites}
    story.table("cost", ["S"], costs, "cost of a site")
    story.aim("minimize", "sum(cost[s] * x[s] for s in S)", "total cost")
    tell_each(story, costs, voice.money, "[costs|would cost]", "cost of each site")
    story.goal = "which sites should be chosen so that the total cost is as low as possible?"
    return story


@family("most-covered")
def most_covered(draw: Draw) -> Story:
    """As many people as can be covered with so many sites."""
    made = _Cover(draw)
    story, voice = made.story, made.story.voice
    most = draw.whole(2, 3)
    people = {p: draw.whole(100, 3_000, 50) for p in made.places}
    story.title = f"Where {in_words(most)} {plural(made.site)} help most"
    story.number("most", most)
    story.table("people", ["P"], people, "people who live there")
    story.decide("x", ["S"], "binary", f"whether there is a {made.site} at a site")
    story.decide("y", ["P"], "binary", f"whether a {made.place} is covered")
    story.aim("maximize", "sum(people[p] * y[p] for p in P)", "people who are covered")
    says = spin(
        "[at most|no more than] {n} {sites} can be put up",
        draw,
        n=str(most),
        sites=plural(made.site),
    )
    story.limit("budget", "sum(x[s] for s in S) <= most", says)
    row = "y[p] <= sum(x[s] for (s, q) in A if q == p)"
    story.limit("covered", row, forall="p in P", doc="covered only where a site is")
    made.tell()
    verb = "[has|is home to|counts]"
    tell_each(story, people, voice.sizes("resident"), verb, "residents")
    story.goal = "which sites should be chosen to cover as many residents as possible?"
    return story


@family("packing-together")
def packing_together(draw: Draw) -> Story:
    """Wishes that need the same things: as much value as can be granted."""
    story = Story(draw)
    voice = story.voice
    thing, wish = draw.one(
        (("room", "class"), ("boat", "tour"), ("field", "match"), ("camera", "shoot"))
    )
    things = [f"{thing} {letter}" for letter in "ABCDE"[: draw.whole(3, 5)]]
    wishes = [f"{wish} {number}" for number in range(1, draw.whole(4, 6) + 1)]
    needs = {w: sorted(draw.some(things, draw.whole(1, 3))) for w in wishes}
    value = {w: draw.whole(20, 200, 5) for w in wishes}
    story.title = f"Which {plural(wish)} to take"
    story.opening.append(
        f"a club lends out {listed(things)}, and has been asked for {in_words(len(wishes))} "
        f"{plural(wish)} at the same hour"
    )
    story.set("W", wishes, plural(wish))
    story.set("T", things, plural(thing))
    story.set("A", [(w, t) for w in wishes for t in needs[w]], f"what each {wish} needs")
    story.table("value", ["W"], value, f"{voice.currency} that it pays")
    story.decide("x", ["W"], "binary", f"whether a {wish} is taken")
    story.aim("maximize", "sum(value[w] * x[w] for w in W)", "income")
    says = f"no {thing} can be used for more than one {wish}"
    story.limit("once", "sum(x[w] for (w, s) in A if s == t) <= 1", says, forall="t in T")
    said = (f"{w} needs {listed(each)}" for w, each in needs.items())
    story.tell(" ".join(map(sentence, said)))
    tell_each(story, value, voice.money, "[pays|brings|would pay]", "payment")
    story.goal = f"which {plural(wish)} should be taken to earn as much as possible?"
    return story


@family("bins")
def bins(draw: Draw) -> Story:
    """Things of different sizes in as few equal containers as can be."""
    story = Story(draw)
    who, item, box, unit, weigh = draw.one(records("carriers"))
    count = draw.whole(4, 6)
    names = [f"{item} {letter}" for letter in "ABCDEFG"[:count]]
    sizes = {name: draw.whole(10, 60) for name in names}
    capacity = draw.ceiling(max(max(sizes.values()), 0.45 * sum(sizes.values())))
    most = count - 1
    story.title = f"{plural(item)} in {plural(box)}".capitalize()
    room = story.voice.size(capacity, unit)
    boxes = f"at most {in_words(most)} equal {plural(box)}"
    story.opening.append(f"{who} has {in_words(count)} {plural(item)}, and {boxes}")
    story.number("capacity", capacity, unit=plural(unit))
    story.set("I", names, plural(item))
    story.set("B", most, plural(box))
    story.table("size", ["I"], sizes, plural(unit))
    story.decide("x", ["I", "B"], "binary", "whether a thing is in it")
    story.decide("used", ["B"], "binary", f"whether a {box} is used")
    story.aim("minimize", "sum(used[b] for b in B)", f"{plural(box)} that are used")
    says = f"each {item} must be in exactly one {box}"
    story.limit("all_in", "sum(x[i, b] for b in B) == 1", says, forall="i in I")
    holds = "[each|every] {box} [holds at most|has room for no more than] {room}"
    says = spin(holds, draw, box=box, room=room)
    row = "sum(size[i] * x[i, b] for i in I) <= capacity * used[b]"
    story.limit("room", row, says, forall="b in B")
    is_one = {"weigh": "weighs", "need": "needs", "take up": "takes up", "last": "lasts"}[weigh]
    tell_each(story, sizes, story.voice.sizes(unit), is_one)
    story.goal = f"how many {plural(box)} are needed at least?"
    return story


@family("colors")
def colors(draw: Draw) -> Story:
    """Exams in as few hours as can be, where some share students."""
    story = Story(draw)
    exams = draw.some(words("colors"), draw.whole(4, 5))
    pairs = [(i, j) for at, i in enumerate(exams) for j in exams[at + 1 :] if draw.chance(0.5)]
    pairs = pairs or [(exams[0], exams[1])]
    story.title = "Exams in time slots"
    story.opening.append(f"a school plans exams in {listed(exams)}")
    story.set("E", exams, "exams")
    story.set("S", len(exams), "time slots")
    story.set("A", pairs, "exams with students in common")
    story.decide("x", ["E", "S"], "binary", "whether an exam is in a slot")
    story.decide("used", ["S"], "binary", "whether a slot is used")
    story.aim("minimize", "sum(used[s] for s in S)", "slots that are used")
    says = "each exam takes place in exactly one time slot"
    story.limit("once", "sum(x[e, s] for s in S) == 1", says, forall="e in E")
    row = "x[i, s] + x[j, s] <= used[s]"
    says = "exams with students in common must not be in the same time slot"
    story.limit("apart", row, says, forall="(i, j) in A, s in S")
    story.limit("used_if_any", "x[e, s] <= used[s]", forall="e in E, s in S")
    common = "; ".join(f"{i} and {j}" for i, j in pairs)
    story.tell(f"these pairs of exams have students in common: {common}")
    story.goal = "what is the smallest number of time slots that is enough?"
    return story
