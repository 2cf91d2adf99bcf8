"""No way in: whatever an address says and whatever its name resolves to, nothing private is connected to."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from loopback import Names, Site, answer, fetch_settings, redirect
from yarl import URL

from index_store import SettingsError
from ingest.web import Fetcher, FetchError, UnreachableError, hosts
from ingest.web.connection import ask, open_session
from ingest.web.hosts import Hosts, is_public

PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "0.0.0.0", "255.255.255.255"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "198.18.0.1", "192.0.2.1", "192.88.99.1"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"),
    *("2002:7f00:1::1", "2001:0:7f00:1::", "2001:db8::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1"),
    *("fd00:ec2::254", "fd20:ce::254", "ff02::1", "ff0e::1", "3fff::1", "100::1"),
)


async def as_the_system(host: str, port: int) -> list[str]:  # noqa: ARG001 - as `Resolve` asks
    """Resolve as the C library does: odd spellings of an IPv4 address are that address."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))]
    except OSError as error:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") from error


def refusal(address: str, *, resolve: hosts.Resolve = as_the_system, **settings: object) -> FetchError:
    """Fetch what must not be fetched, and return why it was not."""

    async def scenario() -> None:
        async with Fetcher(fetch_settings(**{"private_hosts": (), **settings}), resolve=resolve) as fetcher:
            await fetcher.get(address)

    with pytest.raises(FetchError) as caught:
        asyncio.run(scenario())
    return caught.value


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_public(address: str) -> None:
    """Private, shared, link-local, multicast, reserved and metadata addresses, and those that hold IPv4 ones."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are(address: str) -> None:
    """The internet can be reached, also from networks that only speak IPv6 (NAT64)."""
    assert is_public(ip_address(address))


def spellings(ip: IPv4Address) -> list[str]:
    """Write an IPv4 address in every way that some program understands."""
    a, b, c, d = ip.packed
    number = int(ip)
    return [
        *(str(ip), f"{ip}.", str(number), hex(number), f"0{number:o}", f"{a}.{number & 0xFFFFFF}"),
        *(
            f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
            f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
            f"{a}.{b}.{c * 256 + d}",
            f"{a:03}.{b}.{c}.{d}",
        ),
        *(f"[::ffff:{ip}]", f"[::{ip}]", f"[64:ff9b::{ip}]", f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]"),
        *(f"[0:0:0:0:0:ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]", f"[::ffff:{ip}%25lo]", f"{ip}%00", f"{ip}%2e"),
        str(ip).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        str(ip).replace(".", "。"),
    ]


@given(
    st.sampled_from(["127.0.0.0/8", "10.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"]).flatmap(
        lambda network: st.ip_addresses(v=4, network=network)
    ),
    st.integers(0, 20),
)
@hypothesis_settings(max_examples=150, deadline=None)
@example(IPv4Address("127.0.0.1"), 0)
def test_no_spelling_of_a_private_address_gets_through(ip: IPv4Address, spelling: int) -> None:
    """However it is written, and if the system's resolver would understand it, no connection is made."""
    ways = spellings(ip)
    host = ways[spelling % len(ways)]

    async def scenario() -> Site:
        async with Site({"/": answer(b"secret")}) as site:
            async with Fetcher(fetch_settings(private_hosts=()), resolve=as_the_system) as fetcher:
                with pytest.raises(FetchError):
                    await fetcher.get(site.url(host=host))
            return site

    assert asyncio.run(scenario()).requests == []


@given(st.ip_addresses(v=6).filter(lambda ip: not is_public(ip)))
@hypothesis_settings(max_examples=50, deadline=None)
@example(IPv6Address("::1"))
def test_no_private_ipv6_address_gets_through(ip: IPv6Address) -> None:
    """Those of version 6 are refused as such, before anything is sent."""
    assert isinstance(refusal(f"http://[{ip}]/"), UnreachableError)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", 'is a "file:" address'),
        ("ftp://quay.example/", 'is a "ftp:" address'),
        ("quay.example/news", "is not a web address"),
        ("http:///news", "is not a web address"),
        ("http://[::1", "is not a web address"),
        ("http://quay..example/", "a host cannot have that name"),
        ("http://qu\x00ay.example/", "is not a web address"),
        ("http://quay.example/\x1b[2J", "is not a web address"),
        ("http://ada:secret@quay.example/", "holds a user name or a password"),
        ("http://ada@quay.example/", "holds a user name or a password"),
        ("http://quay.example:25/", "names port 25"),
        ("http://quay.example:0/", "names port 0"),
        ("http://quay.example:99999/", "is not a web address"),
        ("http://quay.example/" + "a" * 2_048, "has more than 2,048 characters"),
        ("http://2130706433/", "writes its host as a number"),
        ("http://127.0.0.1/", "is at a private address (127.0.0.1); name the host in fetch.private_hosts"),
        ("http://169.254.169.254/latest", "is at 169.254.169.254, an address that is never fetched from"),
    ],
)
def test_an_address_that_may_not_be_fetched_is_told_why(address: str, reason: str) -> None:
    """The message completes "ADDRESS: …", in plain words."""
    message = refusal(address).message
    assert reason in message
    assert message.isprintable()


def test_a_name_with_one_private_address_is_refused() -> None:
    """Whichever of its addresses would be tried first, and the message says which one it is."""
    error = refusal("http://quay.example/", resolve=Names(quay_example=[["93.184.215.14", "10.0.0.7"]]))
    assert "is at a private address (10.0.0.7)" in error.message


def test_a_name_that_does_not_exist() -> None:
    """Tells from a name server that does not answer."""
    assert refusal("http://nowhere.example/").message == "does not exist (no such host)"

    async def silent(host: str, port: int) -> list[str]:  # noqa: ARG001
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    assert "cannot be looked up now" in refusal("http://quay.example/", resolve=silent).message


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "224.0.0.1", "0.0.0.0"])  # noqa: S104
def test_metadata_is_out_of_reach_even_if_named(host: str) -> None:
    """No setting opens the addresses where clouds keep passwords, or those of no single host."""
    error = refusal(f"http://{host}/", private_hosts=(host, "meta.example"))
    assert "never fetched from" in error.message
    names = Names(meta_example=[[host.strip("[]")]])
    assert (
        "never fetched from" in refusal("http://meta.example/", private_hosts=("meta.example",), resolve=names).message
    )


def test_a_named_private_host_is_reached_and_no_other() -> None:
    """By name, by name and port, by IP address; the same machine under another name or port is refused."""

    async def scenario() -> tuple[list[bytes], list[str]]:
        names = Names(press_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]], wire_example=[["127.0.0.1"]])
        async with Site({"/": answer(b"news")}) as site:
            named = ("press.example", f"wire.example:{site.port}", "other.example:81")
            async with Fetcher(fetch_settings(private_hosts=named), resolve=names) as fetcher:
                reached = [(await fetcher.get(site.url(host=f"{name}.example"))).content for name in ("press", "wire")]
                refused = []
                for host in ("other.example", "127.0.0.1"):
                    with pytest.raises(UnreachableError) as caught:
                        await fetcher.get(site.url(host=host))
                    refused.append(caught.value.message)
        return reached, refused

    reached, refused = asyncio.run(scenario())
    assert reached == [b"news", b"news"]
    assert all("is at a private address (127.0.0.1)" in message for message in refused)


def test_hosts_with_letters_beyond_ascii() -> None:
    """Are looked up in their encoded form, and may be named in the settings as people write them."""

    async def lookup(host: str, port: int) -> list[str]:  # noqa: ARG001
        return {"xn--bcher-kva.example": ["127.0.0.1"]}[host]

    async def scenario() -> bytes:
        settings = fetch_settings(private_hosts=("Bücher.example",))
        async with Site({"/": answer(b"news")}) as site, Fetcher(settings, resolve=lookup) as fetcher:
            return (await fetcher.get(site.url(host="bücher.example"))).content

    assert asyncio.run(scenario()) == b"news"


def test_a_setting_that_names_no_host_is_refused() -> None:
    """At the start, and with the name."""
    with pytest.raises(SettingsError, match="press:port"):
        Fetcher(fetch_settings(private_hosts=("press:port",)))


def test_a_name_that_changes_its_address_gets_no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection goes to the address that was checked for it; the next one is checked again."""
    monkeypatch.setattr(hosts, "is_public", lambda ip: str(ip) == "127.0.0.2")  # stands for an address of the internet
    public, private = ["127.0.0.2"], ["127.0.0.1"]
    names = Names(rebind_example=[public, public, private])

    async def scenario() -> tuple[bytes, Site]:
        async with (
            Site({"/": answer(b"public")}, ip="127.0.0.2") as outside,
            Site({"/": answer(b"secret")}, port=outside.port) as inside,
            Fetcher(fetch_settings(private_hosts=()), resolve=names) as fetcher,
        ):
            fetched = await fetcher.get(outside.url(host="rebind.example"))
            assert len(names.asked) == 2  # robots.txt and the page: once for each connection
            with pytest.raises(UnreachableError, match="private address"):
                await fetcher.get(outside.url(host="rebind.example"))
            return fetched.content, inside

    content, inside = asyncio.run(scenario())
    assert content == b"public"
    assert inside.requests == []


def test_a_redirect_to_a_name_that_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that redirects to itself, and by then is at a private address."""
    monkeypatch.setattr(hosts, "is_public", lambda ip: str(ip) == "127.0.0.2")
    names = Names(rebind_example=[["127.0.0.2"], ["127.0.0.2"], ["127.0.0.1"]])

    async def scenario() -> None:
        async with (
            Site({"/": redirect("/again")}, ip="127.0.0.2") as outside,
            Fetcher(fetch_settings(private_hosts=()), resolve=names) as fetcher,
        ):
            await fetcher.get(outside.url(host="rebind.example"))

    with pytest.raises(FetchError, match=r"^redirects to .*/again, which is at a private address \(127.0.0.1\)"):
        asyncio.run(scenario())


def test_the_socket_itself_is_checked() -> None:
    """A second line of defence: even if an address was never looked at, no connection is opened to it."""

    async def scenario() -> Site:
        async with Site({"/": answer(b"secret")}) as site:
            async with open_session(fetch_settings(), Hosts((), as_the_system)) as session:
                with pytest.raises(UnreachableError, match="cannot be reached"):
                    await ask(session, URL(site.url()), headers={}, limit_bytes=1_000)
            return site

    assert asyncio.run(scenario()).requests == []
