"""What an address tells of itself: whether it could ever be fetched."""

from collections.abc import Iterable

from ingest.web.addresses import checked_address
from ingest.web.hosts import Hosts, system_addresses
from ingest.web.records import FetchError


def reason_to_refuse(address: str, *, private_hosts: Iterable[str] | None = None) -> str | None:
    """
    Say why an address would be refused whenever it is asked for, completing "SOURCE: …"; None where it might answer.

    Args:
        address: The address; no name is looked up for it.
        private_hosts: Private hosts that may be reached (`fetch.private_hosts`); None leaves hosts out of it.

    Raises:
        SettingsError: If one of the private hosts cannot be a host's name.
    """
    try:
        url = checked_address(address)
        if private_hosts is not None:
            Hosts(private_hosts, system_addresses).check(url)
    except FetchError as error:
        return error.message
    return None
