"""What clients' builds make is registered, and a server that answers nothing else works with these clients."""

from pathlib import Path

from interfaces.bootstrap.documents import gate, register
from interfaces.settings import Settings
from tests.conformance.graphql.tools import BUILD, installed, passes, run
from tests.support.serving import Client, Served


async def test_registered_documents_only(served: Served, ann: Client, variables: dict[str, str], tmp_path: Path) -> None:
    where = (await ann.done("openChannel", "channel { id }", name="Here"))["channel"]["id"]
    await ann.done("postMessage", channel=where, text="早")
    installed()
    # relay-compiler adds to a file that must be there.
    (BUILD / "relay" / "persisted.json").write_text("{}")
    (BUILD / "relay" / "trusted").mkdir()
    for words, inside in (
        (("graphql-codegen", "--config", "typed/trusted.mjs"), ""),
        (("relay-compiler", "relay.trusted.json"), "relay"),
    ):
        status, printed, said = await run(*words, inside=inside)
        assert status == 0, printed + said
    made = [BUILD / "typed" / "trusted" / "persisted-documents.json", BUILD / "relay" / "persisted.json"]
    settings = Settings(data_dir=tmp_path, only_trusted_documents=True)
    assert register(settings, made) >= 8
    served.service.gate = gate(settings)
    await passes("trusted.test.mjs", variables | {"ONRECORD_CHANNEL": where})
