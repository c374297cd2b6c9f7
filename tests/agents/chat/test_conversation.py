import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from solvitur.agents.chat.conversation import Conversation, Silent
from solvitur.agents.chat.state import Response, ResponseKind, Turn
from solvitur.agents.graph import Effort
from solvitur.errors import ConfigError, ModelUnavailable, ProblemError
from solvitur.formulation import Formulation
from solvitur.llm import Request, Scripted
from solvitur.solvers import Options
from tests.cli.problems import market_split

PROBLEM = "We earn 30 on a chair. A chair takes 7 planks and 42 are there. Earn the most."
CHAIRS: dict[str, Any] = {
    "parameters": [
        {"name": "profit", "value": 30},
        {"name": "use", "value": 7},
        {"name": "planks", "value": 42, "doc": "planks there are"},
    ],
    "variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}],
    "objective": {"sense": "maximize", "expression": "profit * x"},
    "constraints": [{"name": "stock", "expression": "use * x <= planks"}],
}


def chairs(planks: int = 42) -> Formulation:
    parameters = [*CHAIRS["parameters"][:2], {**CHAIRS["parameters"][2], "value": planks}]
    return Formulation.model_validate({**CHAIRS, "parameters": parameters})


def talk(
    folder: Path, work: Callable[[Conversation], Awaitable[Any]], *replies: str, **more: Any
) -> Any:
    """Do some work in a conversation whose model has these replies."""

    async def run() -> Any:
        script = replies or (json.dumps(CHAIRS), "As much as one more plank brings.")
        model = more.pop("model", None) or Scripted(script)
        async with Conversation(folder, model, **more) as conversation:
            return await work(conversation)

    return asyncio.run(run())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "conversation"


def test_a_problem_is_proposed_in_words_and_solved_after_a_yes(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response]:
        proposal = await conversation.say(PROBLEM)
        assert conversation.state.proposal == chairs()
        assert conversation.state.formulation is None
        return proposal, await conversation.say("yes")

    proposal, answer = talk(folder, work)

    assert proposal.kind is ResponseKind.proposal
    assert "chairs built: a whole number" in proposal.text
    assert proposal.text.endswith("Is this what you mean?")
    assert answer.kind is ResponseKind.answer
    assert answer.answer.objective == 180
    assert "chairs built: 6" in answer.text


def test_where_nobody_is_there_to_ask_it_is_solved_at_once(folder: Path) -> None:
    reply = talk(folder, lambda conversation: conversation.say(PROBLEM), asks=False)

    assert reply.kind is ResponseKind.answer
    assert reply.answer.objective == 180


@pytest.mark.parametrize("limit", ["There are limited planks.", "But planks are limited"])
def test_what_was_asked_is_not_asked_again_once_it_is_answered(folder: Path, limit: str) -> None:
    problem = f"We earn 30 on a chair, and a chair takes 7 planks. {limit}"

    async def work(conversation: Conversation) -> tuple[Response, ...]:
        said = (problem, "why?", "42")
        return tuple([await conversation.say(words) for words in said])

    question, again, proposal = talk(folder, work)

    assert question.text == f'How many planks are there ("{limit.strip(".")}")?'
    assert again == question
    assert proposal.kind is ResponseKind.proposal


def test_an_answer_that_changes_nothing_by_itself_is_added_to_the_problem(folder: Path) -> None:
    problem = "We earn 30 on a chair. At most 6 of them fit into the van. Earn the most."
    five = {"variables": [{"name": "x", "domain": "integer", "doc": "chairs built"}]}
    five["objective"] = {"sense": "maximize", "expression": "30 * x"}
    loose = {**five, "constraints": [{"name": "few", "expression": "x <= 9"}]}
    tight = {**five, "constraints": [{"name": "van", "expression": "x <= 6"}]}
    model = Scripted([json.dumps(loose)] * 3 + [json.dumps(tight)])

    async def work(conversation: Conversation) -> tuple[Response, Response, str]:
        question = await conversation.say(problem)
        proposal = await conversation.say("the load of our driver")
        return question, proposal, conversation.state.problem

    question, proposal, said = talk(folder, work, model=model)
    assert question.text.endswith("what does it limit?")
    assert said == f"{problem}\nThe 6 limits the load of our driver."
    assert proposal.kind is ResponseKind.proposal
    assert proposal.formulation == Formulation.model_validate(tight)


def test_what_is_to_be_solved_before_its_data_are_there_is_asked_for_them_again(
    folder: Path,
) -> None:
    problem = "We earn 30 on a chair, and a chair takes 7 planks. But planks are limited"

    async def work(conversation: Conversation) -> tuple[Response, ...]:
        return (
            await conversation.say(problem),
            await conversation.solve(),
            await conversation.say("42"),
        )

    question, again, proposal = talk(folder, work)
    assert again == question
    assert proposal.formulation == chairs()


def test_an_answer_does_not_say_again_what_the_question_quotes(folder: Path) -> None:
    problem = (
        "We earn 30 on a chair, and a chair takes 7 planks. Planks are limited, at most 5 chairs"
    )

    async def work(conversation: Conversation) -> str:
        question = await conversation.say(problem)
        assert question.text.startswith("How many planks are there (")
        await conversation.say("42")
        return conversation.state.problem

    assert talk(folder, work) == f"{problem}.\nHow many planks are there? 42"


def test_a_question_waits_while_something_else_is_explained(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response | None]:
        await conversation.change(chairs(), "/load chairs.json")
        question = await conversation.say("we have fewer xyz, 12")
        await conversation.say("why?")
        return question, conversation.state.question

    question, waiting = talk(folder, work, '{"kind": "unclear"}')
    assert waiting == question


FEW = f"{PROBLEM} Build fewer than 5 chairs."
FEWER = {**CHAIRS, "constraints": [*CHAIRS["constraints"], {"name": "few", "expression": "x <= 5"}]}


@pytest.mark.parametrize(("said", "objective"), [("no", 120), ("yes", 150), ("2", 120), ("1", 150)])
def test_a_reading_that_would_change_the_answer_is_asked_about(
    said: str, objective: float, folder: Path
) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response, Response]:
        question = await conversation.say(FEW)
        assert conversation.state.question == question
        return question, await conversation.say(said), await conversation.say("yes")

    question, proposal, answer = talk(folder, work, json.dumps(FEWER))

    assert question.text == 'Does "fewer than 5" allow 5 itself?'
    assert question.choices == ("yes, 5 is allowed", "no, at most 4")
    assert proposal.kind is ResponseKind.proposal
    assert answer.answer.objective == objective


def test_where_nobody_is_asked_the_reading_that_was_taken_is_listed(folder: Path) -> None:
    say = lambda conversation: conversation.say(FEW)  # noqa: E731
    reply = talk(folder, say, json.dumps(FEWER), asks=False)

    assert reply.answer.objective == 150
    assert reply.answer.assumptions[0] == '"fewer than 5" allows 5 itself'
    assert "Assumed" not in reply.text


def test_five_elements_changed_by_hand_are_solved_and_compared(folder: Path) -> None:
    async def work(conversation: Conversation) -> Response:
        await conversation.change(chairs(), "/load chairs.json")
        return await conversation.change(chairs(49), "/set planks 49")

    reply = talk(folder, work)

    assert reply.difference == ("parameter 'planks': 42 -> 49",)
    assert reply.answer.objective == 210


def test_what_is_only_tried_is_not_kept(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Formulation | None, Any]:
        await conversation.change(chairs(), "/load chairs.json")
        reply = await conversation.try_out(chairs(49), "/whatif planks=49")
        assert conversation.state.answer is not None
        return reply, conversation.state.formulation, conversation.state.answer.objective

    reply, formulation, objective = talk(folder, work)

    assert reply.answer.objective == 210
    assert reply.is_what_if
    assert formulation == chairs()
    assert objective == 180


def test_a_proposal_still_waits_after_a_what_if(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response]:
        await conversation.say(PROBLEM)
        tried = await conversation.try_out(chairs(49), "/whatif planks=49")
        assert conversation.state.proposal == chairs()
        answer = await conversation.say("yes")
        assert conversation.state.formulation == chairs()
        return tried, answer

    tried, answer = talk(folder, work)

    assert (tried.answer.objective, answer.answer.objective) == (210, 180)


def test_a_change_that_changes_nothing_says_so(folder: Path) -> None:
    async def work(conversation: Conversation) -> Response:
        await conversation.change(chairs(), "/load chairs.json")
        return await conversation.change(chairs(), "/set planks 42")

    assert talk(folder, work).text == "That changes nothing: it is so already."


def test_a_no_leaves_the_proposal_waiting(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response]:
        await conversation.say(PROBLEM)
        refused = await conversation.say("no")
        assert conversation.state.proposal == chairs()
        return refused, await conversation.solve()

    refused, answer = talk(folder, work)

    assert refused.text == "What should be different?"
    assert answer.answer.objective == 180


def test_a_free_question_is_answered_by_the_model_from_the_facts(folder: Path) -> None:
    model = Scripted([json.dumps(CHAIRS), "As much as one more plank brings."])
    heard: list[str] = []

    class Ear(Silent):
        def text(self, piece: str) -> None:
            heard.append(piece)

    async def work(conversation: Conversation) -> Response:
        await conversation.say(PROBLEM)
        await conversation.say("yes")
        return await conversation.say("What is a shadow price?")

    reply = talk(folder, work, model=model, listener=Ear())

    assert reply.is_from_model
    assert reply.text == "As much as one more plank brings." == "".join(heard)
    facts = model.requests[-1].messages[0].content
    assert PROBLEM in facts
    assert "The highest value is 180." in facts
    assert "(about 70% by guess, nobody measured this model so)" in facts


def test_undo_takes_back_change_by_change_up_to_the_beginning(folder: Path) -> None:
    async def work(conversation: Conversation) -> list[tuple[int, Any]]:
        await conversation.say(PROBLEM)
        await conversation.say("yes")
        await conversation.change(chairs(49), "/set planks 49")
        seen = []
        for _ in range(4):
            reply = await conversation.undo()
            state = conversation.state
            stands = state.answer.objective if state.answer else state.proposal
            seen.append((len(conversation.turns), stands, reply.text.split("\n")[0]))
        return seen

    assert talk(folder, work) == [
        (2, 180, "Taken back. This stands now:"),
        (1, chairs(), "Taken back. What is proposed waits for a yes."),
        (0, None, "Taken back. Nothing is said yet."),
        (0, None, "There is nothing to take back."),
    ]


def test_what_was_only_asked_since_is_taken_back_with_the_change(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[int, Any]:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.change(chairs(49), "/set planks 49")
        await conversation.say("why?")
        await conversation.try_out(chairs(70), "/whatif planks=70")
        await conversation.undo()
        return len(conversation.turns), conversation.state.formulation

    assert talk(folder, work) == (1, chairs())


def test_an_undo_goes_past_what_ifs_and_questions_that_nobody_answered(folder: Path) -> None:
    async def work(conversation: Conversation) -> list[Any]:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.change(chairs(49), "/set planks 49")
        question = await conversation.say("we have fewer xyz, 12")
        assert question.kind is ResponseKind.question
        await conversation.try_out(chairs(70), "/whatif planks=70")
        await conversation.change(chairs(-7), "/set planks -7")
        seen = []
        for _ in range(2):
            reply = await conversation.undo()
            assert conversation.state.answer is not None
            seen.append((reply.text.split("\n")[0], conversation.state.answer.objective))
        return seen

    stands = "Taken back. This stands now:"
    assert talk(folder, work, '{"kind": "unclear"}') == [(stands, 210), (stands, 180)]


def test_an_undo_takes_back_a_question_that_waits(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.say("we have fewer xyz, 12")
        assert conversation.state.question is not None
        await conversation.undo()
        return conversation.state.question, conversation.state.formulation

    assert talk(folder, work, '{"kind": "unclear"}') == (None, chairs())


def test_a_changed_limit_is_told_in_a_sentence_that_states_what_holds_now(folder: Path) -> None:
    sentence = "There are 42 planks and 9 saws."
    five = chairs().model_copy(
        update={"constraints": (chairs().constraints[0].model_copy(update={"doc": sentence}),)}
    )

    async def work(conversation: Conversation) -> tuple[Response, Response]:
        await conversation.change(five, "/load chairs.json")
        return await conversation.say("planks are only 35"), await conversation.say("why?")

    changed, why = talk(folder, work)

    assert changed.difference == ("parameter 'planks': 42 -> 35",)
    assert "stock [There are 35 planks and 9 saws.]" in changed.text
    assert "stock [There are 35 planks and 9 saws.]" in why.text
    assert "42 planks" not in changed.text + why.text


def test_why_not_more_tells_of_more_alone(folder: Path) -> None:
    async def work(conversation: Conversation) -> str:
        await conversation.change(chairs(), "/load chairs.json")
        return (await conversation.say("why not more chairs?")).text

    told = talk(folder, work)

    assert told.startswith("chairs built at least 7 (now 6) is not possible")
    assert "at most 5" not in told


def test_after_an_undo_it_goes_another_way(folder: Path) -> None:
    async def work(conversation: Conversation) -> list[str]:
        await conversation.say(PROBLEM)
        await conversation.say("yes")
        await conversation.change(chairs(49), "/set planks 49")
        await conversation.undo()
        await conversation.change(chairs(70), "/set planks 70")
        assert conversation.state.answer is not None
        assert conversation.state.answer.objective == 300
        return [turn.message.words for turn in conversation.turns]

    words = [PROBLEM, "yes", "/set planks 70"]
    assert talk(folder, work) == words

    async def look(conversation: Conversation) -> list[str]:
        return [turn.message.words for turn in conversation.turns]

    assert talk(folder, look) == words


def test_said_in_words_an_undo_takes_the_last_turn_back(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, int]:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.change(chairs(49), "/set planks 49")
        return await conversation.say("undo that"), len(conversation.turns)

    reply, turns = talk(folder, work)

    assert reply.text.startswith("Taken back")
    assert "180" in reply.text
    assert turns == 1


def test_a_proposal_waits_in_the_next_process_too(folder: Path) -> None:
    talk(folder, lambda conversation: conversation.say(PROBLEM))

    async def work(conversation: Conversation) -> Response:
        assert await conversation.resume() is None
        assert conversation.state.proposal == chairs()
        return await conversation.say("yes")

    assert talk(folder, work, "no reply is needed").answer.objective == 180


def test_a_copy_goes_its_own_way(folder: Path, tmp_path: Path) -> None:
    async def work(conversation: Conversation) -> None:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.fork(tmp_path / "copy")
        await conversation.change(chairs(49), "/set planks 49")
        with pytest.raises(ConfigError, match="already"):
            await conversation.fork(tmp_path / "copy")

    async def objective(conversation: Conversation) -> Any:
        return conversation.state.answer and conversation.state.answer.objective

    talk(folder, work)

    assert talk(folder, objective) == 210
    assert talk(tmp_path / "copy", objective) == 180


def test_a_model_that_is_down_costs_no_word(folder: Path) -> None:
    def down(request: Request) -> str:
        raise ModelUnavailable("nobody listens")

    async def work(conversation: Conversation) -> Response:
        reply = await conversation.say(PROBLEM)
        assert "nobody listens" in reply.text
        assert reply.kind is ResponseKind.words
        conversation.model = Scripted([json.dumps(CHAIRS)])
        return await conversation.say(PROBLEM)

    assert talk(folder, work, model=Scripted(down)).kind is ResponseKind.proposal


def test_without_a_formulation_there_is_nothing_to_solve(folder: Path) -> None:
    reply = talk(folder, lambda conversation: conversation.solve())

    assert "nothing to solve yet" in reply.text


@pytest.mark.parametrize("words", ["yes", "no", "why?", "hello"])
def test_before_a_problem_a_short_word_is_none(words: str, folder: Path) -> None:
    model = Scripted([])

    reply = talk(folder, lambda conversation: conversation.say(words), model=model)

    assert reply.kind is ResponseKind.words
    assert "problem" in reply.text
    assert model.requests == []


def test_an_undo_in_words_takes_back_one_change(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation.change(chairs(49), "/set planks 49")
        await conversation.change(chairs(56), "/set planks 56")
        await conversation.say("undo")
        await conversation.say("why?")
        return conversation.state.formulation

    assert talk(folder, work) == chairs(49)


def test_a_step_that_cannot_be_done_says_why_and_the_conversation_goes_on(folder: Path) -> None:
    async def work(conversation: Conversation) -> tuple[Response, Response]:
        await conversation.change(chairs(), "/load chairs.json")
        broken = chairs().model_copy(update={"parameters": ()})
        reply = await conversation.change(broken, "/load broken.json")
        return reply, await conversation.change(chairs(49), "/set planks 49")

    reply, answer = talk(folder, work)

    assert "profit" in reply.text
    assert answer.answer.objective == 210


def test_empty_words_are_refused(folder: Path) -> None:
    with pytest.raises(ProblemError, match="empty"):
        talk(folder, lambda conversation: conversation.say("  "))


def test_one_process_has_it_open(folder: Path) -> None:
    async def work(conversation: Conversation) -> None:
        with pytest.raises(ConfigError, match="open in another window"):
            async with Conversation(folder, Scripted([])):
                pass

    talk(folder, work)


def test_a_damaged_conversation_is_an_error_in_words(folder: Path) -> None:
    folder.mkdir()
    (folder / "conversation.sqlite").write_bytes(b"no database" * 100)

    with pytest.raises(ConfigError, match="cannot be read"):
        talk(folder, lambda conversation: conversation.say(PROBLEM))


async def fill(conversation: Conversation) -> None:
    for planks in range(43, 99):
        await conversation.change(chairs(planks), f"/set planks {planks}")


def test_a_full_disk_is_said_and_what_was_kept_stays(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        await conversation.change(chairs(), "/load chairs.json")
        database = conversation._saver.conn
        await database.execute("PRAGMA max_page_count = 1")  # there is no more room than it has
        with pytest.raises(ConfigError, match=r"full; make room there and say it again"):
            await fill(conversation)
        kept = conversation.state.formulation
        await database.execute("PRAGMA max_page_count = 100000")
        await conversation.change(chairs(140), "/set planks 140")
        assert conversation.state.answer is not None
        return kept, conversation.state.answer.objective

    kept, objective = talk(folder, work)

    assert kept is not None
    assert objective == 600


def test_what_there_was_no_room_to_keep_is_done_before_what_is_said_next(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        database = conversation._saver.conn
        await database.execute("PRAGMA max_page_count = 1")
        for _ in range(2):  # said again, as there is still no room
            with pytest.raises(ConfigError, match="full; make room there"):
                await conversation.change(chairs(), "/load chairs.json")
        assert conversation.unfinished is not None
        assert conversation.unfinished.words == "/load chairs.json"
        await database.execute("PRAGMA max_page_count = 100000")
        await conversation.change(chairs(140), "/set planks 140")
        assert conversation.unfinished is None
        return [turn.message.words for turn in conversation.turns]

    assert talk(folder, work) == ["/load chairs.json", "/set planks 140"]


def test_what_is_said_again_as_there_is_room_is_done_once_and_no_reply_paid_twice(
    folder: Path,
) -> None:
    model = Scripted([json.dumps(CHAIRS)])

    async def work(conversation: Conversation) -> Any:
        database = conversation._saver.conn
        await database.execute("PRAGMA max_page_count = 1")
        replies = folder / "replies.jsonl"
        replies.mkdir(parents=True)  # nothing can be written there
        with pytest.raises(ConfigError, match="make room there and say it again"):
            await conversation.say(PROBLEM)
        await database.execute("PRAGMA max_page_count = 100000")
        with pytest.raises(ConfigError, match="make room there and say it again"):
            await conversation.say(PROBLEM)
        replies.rmdir()
        await conversation.say(PROBLEM)
        return [turn.message.words for turn in conversation.turns]

    assert talk(folder, work, model=model) == [PROBLEM]
    assert len(model.requests) == 1
    assert "planks" in (folder / "replies.jsonl").read_text(encoding="utf-8")


def test_a_conversation_is_kept_under_the_names_of_the_first_ones(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        await conversation.change(chairs(), "/load chairs.json")
        kept = await conversation._head()
        return kept.values["message"]["words"], kept.values["reply"]["kind"]

    assert talk(folder, work) == ("/load chairs.json", "answer")
    message, reply = {"kind": "solve", "words": "/solve"}, {"kind": "words", "text": "Done."}
    assert Turn.model_validate({"message": message, "reply": reply}).response.text == "Done."


def test_what_could_not_be_kept_is_taken_back_without_room(folder: Path) -> None:
    async def work(conversation: Conversation) -> Any:
        await conversation.change(chairs(), "/load chairs.json")
        await conversation._saver.conn.execute("PRAGMA max_page_count = 1")
        with pytest.raises(ConfigError, match="full; make room there"):
            await fill(conversation)
        kept = conversation.state.formulation
        await conversation.undo()
        return conversation.unfinished, conversation.state.formulation == kept

    assert talk(folder, work) == (None, True)


def test_a_turn_that_is_cancelled_goes_on_later_and_asks_no_model_twice(folder: Path) -> None:
    asked: list[int] = []

    def slow(request: Request) -> str:
        asked.append(len(request.messages))
        return json.dumps(CHAIRS)

    class Leaver(Silent):
        task: "asyncio.Task[Response] | None" = None

        def step(self, name: str, state: Any) -> None:
            if name == "check" and self.task is not None:
                self.task.cancel()

    async def work(conversation: Conversation) -> Response | None:
        leaver = conversation.listener
        assert isinstance(leaver, Leaver)
        leaver.task = asyncio.create_task(conversation.say(PROBLEM))
        with pytest.raises(asyncio.CancelledError):
            await leaver.task
        leaver.task = None
        assert conversation.turns == ()
        return await conversation.resume()

    reply = talk(folder, work, model=Scripted(slow), listener=Leaver())

    assert reply.kind is ResponseKind.proposal
    assert len(asked) == 1


def test_an_undo_takes_a_turn_back_that_was_cut_off(folder: Path) -> None:
    class Leaver(Silent):
        def doing(self, words: str) -> None:
            raise KeyError(words)

    async def work(conversation: Conversation) -> tuple[int, Any, Response | None]:
        await conversation.change(chairs(), "/load chairs.json")
        conversation.listener = Leaver()
        with pytest.raises(KeyError):
            await conversation.say("What is a shadow price?")
        conversation.listener = Silent()
        await conversation.undo()
        turns, formulation = conversation.turns, conversation.state.formulation
        return len(turns), formulation, await conversation.resume()

    assert talk(folder, work) == (1, chairs(), None)


def test_a_solver_is_stopped_with_what_it_holds(folder: Path) -> None:
    class Stopper(Silent):
        conversation: Conversation

        def doing(self, words: str) -> None:
            loop = asyncio.get_running_loop()
            if words == "solving":
                loop.call_later(0.2, self.stop, loop)

        def stop(self, loop: asyncio.AbstractEventLoop) -> None:
            if not self.conversation.stop():
                loop.call_later(0.2, self.stop, loop)

    async def work(conversation: Conversation) -> Response:
        assert isinstance(conversation.listener, Stopper)
        conversation.listener.conversation = conversation
        hard = Formulation.model_validate(market_split())
        return await conversation.change(hard, "/load split.json")

    options = Options(time_limit=60.0)
    reply = talk(folder, work, listener=Stopper(), effort=Effort(options=options))

    assert reply.answer.verification.stopped == "interrupted"


def test_usage_is_what_was_paid_for_in_every_process(folder: Path) -> None:
    talk(folder, lambda conversation: conversation.say(PROBLEM))

    async def tokens(conversation: Conversation) -> int:
        return conversation.usage.tokens

    assert talk(folder, tokens) > 50
