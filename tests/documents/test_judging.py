"""Whose key, whose clock: certificates of others, ended or revoked, and time-stamps, judged and named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography.x509 import ReasonFlags

from ehiia.documents.signing.authority import make_clock, make_root, make_seal
from ehiia.documents.signing.facts import Clock, Level
from ehiia.documents.signing.renewal import renew
from ehiia.documents.signing.revocation import Revoked, make_crl
from ehiia.documents.signing.seal import certify, close, sign
from ehiia.documents.signing.timestamps import LocalTimestamper
from ehiia.documents.signing.verify import verify
from tests.documents.conftest import NOW, ORGANISATION, Full, Keys, Stamps, Steps, look, make_keys
from tests.documents.forging import label_changed, updated
from tests.documents.records import CAROL

YEAR = timedelta(days=365)


# -- other people's keys, ended and revoked certificates ---------------------------------------------


def test_a_signature_by_an_unknown_organisation_is_named(steps: Steps, keys: Keys, stamps: Stamps) -> None:
    other = make_keys("Otherton Integrated Care Board")
    forged = sign(steps.sealed, field=CAROL.field, signatory=CAROL, authority=other.root, now=NOW)
    found = look(forged, keys, stamps)
    assert [one.trusted for one in found.signatures] == [True, False]
    assert found.signatures[1].problem.startswith("It rests on a certificate that is not known here")


def test_a_signature_with_the_key_of_another_organisation_known_here_is_named(
    steps: Steps, keys: Keys
) -> None:
    other = make_keys("Otherton Integrated Care Board")
    forged = sign(steps.sealed, field=CAROL.field, signatory=CAROL, authority=other.root, now=NOW)
    found = verify(forged, trusted=(keys.root.certificate, other.root.certificate))
    assert not found.trusted
    said = "It was made with the key of another organisation: Otherton Integrated Care Board."
    assert said in found.words()


def test_a_certificate_past_its_end_at_signing_time_is_named(steps: Steps, stamps: Stamps) -> None:
    root = make_root(ORGANISATION, now=datetime(2012, 5, 1, tzinfo=UTC))
    ended = make_seal(ORGANISATION, root=root, now=datetime(2012, 5, 1, tzinfo=UTC))
    for timestamper in (None, stamps.after(0)):
        pdf = certify(steps.unsigned, seal=ended, now=NOW, timestamper=timestamper)
        found = look(pdf, Keys(root, ended), stamps)
        assert (found.intact, found.trusted) == (True, False)
        assert "Its certificate had ended before, on Friday 29 April 2022 at 00:55." in found.words()


def test_a_signature_that_claims_to_be_older_than_its_certificate_is_named(
    steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    found = look(certify(steps.unsigned, seal=keys.seal, now=NOW - YEAR), keys, stamps)
    assert "Its certificate began only later, on Saturday 21 November 2026 at 09:25." in found.words()


def test_a_certificate_revoked_later_leaves_a_stamped_signature_trusted(
    full: Full, keys: Keys, stamps: Stamps
) -> None:
    later = make_crl(
        keys.root,
        [Revoked(keys.seal.certificate.serial_number, NOW + YEAR)],
        number=1,
        now=NOW + YEAR,
    )
    found = verify(
        full.closed,
        trusted=(keys.root.certificate,),
        authorities=(stamps.root.certificate,),
        revocation_lists=(later,),
    )
    assert found.trusted
    assert found.signatures[0].revoked_at == NOW + YEAR
    assert any("revoked later, Sunday 21 November 2027" in sentence for sentence in found.words())


def test_a_certificate_revoked_before_is_not_trusted(full: Full, keys: Keys, stamps: Stamps) -> None:
    before = make_crl(
        keys.root, [Revoked(keys.seal.certificate.serial_number, NOW - YEAR)], number=1, now=NOW
    )
    found = verify(
        full.closed,
        trusted=(keys.root.certificate,),
        authorities=(stamps.root.certificate,),
        revocation_lists=(before,),
    )
    assert (found.intact, found.trusted) == (True, False)
    assert any("had been revoked before, on Friday 21 November 2025" in one for one in found.words())


def test_a_leaked_key_cannot_claim_to_have_signed_before_it_was_revoked(
    steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    """Its own clock says what the thief likes; only a time-stamp would show it."""
    revoked = Revoked(keys.seal.certificate.serial_number, NOW + YEAR)
    lists = (make_crl(keys.root, [revoked], number=1, now=NOW + YEAR),)
    found = verify(steps.sealed, trusted=(keys.root.certificate,), revocation_lists=lists)
    assert not found.trusted
    assert any("no time-stamp shows that it was made before" in sentence for sentence in found.words())


def test_a_key_that_was_only_replaced_leaves_what_it_signed_before_trusted(steps: Steps, keys: Keys) -> None:
    for since, trusted in ((NOW + YEAR, True), (NOW - YEAR, False)):
        replaced = Revoked(keys.seal.certificate.serial_number, since, ReasonFlags.superseded)
        lists = (make_crl(keys.root, [replaced], number=1, now=NOW + YEAR),)
        found = verify(steps.sealed, trusted=(keys.root.certificate,), revocation_lists=lists)
        assert found.trusted is trusted


def test_a_list_inside_the_file_counts(steps: Steps, keys: Keys, stamps: Stamps) -> None:
    revoked = Revoked(keys.seal.certificate.serial_number, NOW - YEAR)
    lists = (make_crl(keys.root, [revoked], number=1, now=NOW),)
    closed = close(steps.signed, timestamper=stamps.after(5), revocation_lists=lists)
    found = look(closed, keys, stamps)
    assert (found.signatures[0].trusted, found.signatures[1].trusted) == (False, True)


# -- whose clock --------------------------------------------------------------------------------------


def test_whose_time_stamp_it_is_is_told(steps: Steps, keys: Keys, stamps: Stamps) -> None:
    own = LocalTimestamper(make_clock(ORGANISATION, root=keys.root, now=NOW), now=NOW)
    clocks = {}
    for name, timestamper in (("none", None), ("own", own), ("north", stamps.after(0))):
        pdf = certify(steps.unsigned, seal=keys.seal, now=NOW, timestamper=timestamper)
        clocks[name] = look(pdf, keys, stamps).signatures[0].clock
        unknown = verify(pdf, trusted=(keys.root.certificate,)).signatures[0]
    assert clocks == {"none": Clock.OWN, "own": Clock.OWN_STAMP, "north": Clock.AUTHORITY}
    assert (unknown.clock, unknown.stamped_at, unknown.trusted) == (Clock.UNKNOWN, None, True)


def test_what_a_time_stamp_says_counts_more_than_what_a_signature_says(
    steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    pdf = certify(steps.unsigned, seal=keys.seal, now=NOW, timestamper=stamps.after(90))
    seal = look(pdf, keys, stamps).signatures[0]
    assert (seal.at, seal.made_at) == (NOW, NOW + timedelta(minutes=90))


def test_renewals_are_told(full: Full, keys: Keys, stamps: Stamps) -> None:
    pdf = renew(full.closed, timestamper=LocalTimestamper(stamps.clock, now=NOW + YEAR))
    found = look(pdf, keys, stamps)
    assert (found.intact, found.trusted, found.level) == (True, True, Level.LTA)
    assert "That time-stamp was renewed once, last Sunday 21 November 2027 at 09:30." in found.words()
    assert not look(updated(pdf, label_changed), keys, stamps).intact


def test_the_certificate_of_an_authority_vouches_for_its_time_stamps_and_for_no_signature(
    steps: Steps, keys: Keys, stamps: Stamps
) -> None:
    pdf = certify(steps.unsigned, seal=keys.seal, now=NOW, timestamper=stamps.after(0))
    found = verify(pdf, trusted=(keys.root.certificate, stamps.clock.certificate))
    assert (found.trusted, found.signatures[0].clock) == (True, Clock.AUTHORITY)
    theirs = make_seal(ORGANISATION, root=stamps.root, now=NOW)
    forged = look(certify(steps.unsigned, seal=theirs, now=NOW), keys, stamps)
    assert (forged.intact, forged.trusted) == (True, False)
