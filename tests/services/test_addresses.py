"""E-mail addresses: what is taken can be signed in with, everywhere alike."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from ehiia.domain.vocabulary import Role
from ehiia.services import addresses, notices, people
from ehiia.services.transaction import Invalid
from tests.people import gather

NONE = (
    "",
    "nobody",
    "a@nhs",
    "a b@nhs.net",
    "a@b@nhs.net",
    "a@nhs..net",
    "x" * 250 + "@nhs.net",
    "a@nhs.net\nb",
)


@pytest.mark.parametrize("text", ["amina@nhs.net", "o'brien@example.org", "jo.bell+ehiia@trust.nhs.uk"])
def test_an_address_is_one(text: str) -> None:
    assert addresses.is_address(text)


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_is_refused(text: str) -> None:
    assert not addresses.is_address(text)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_gets_an_account_with_an_address_that_cannot_sign_in(inside: Flask, now: datetime) -> None:
    cast = gather(now)
    here = cast.organisation_id
    with pytest.raises(Invalid) as refused:
        people.add_person(
            organisation_id=here,
            name="Ola Berg",
            email="ola@nhs",
            roles=(Role.READER,),
            password=None,
            by=cast.farah,
            now=now,
        )
    assert refused.value.errors == {"email": addresses.WRONG}
    with pytest.raises(Invalid):
        notices.send_test(organisation_id=here, recipient="ola@nhs", by=cast.farah, now=now)
