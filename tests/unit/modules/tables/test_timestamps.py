import pytest

from modules.tables.timestamps import to_seconds, to_text

pytestmark = pytest.mark.unit

NOON = 1_706_704_200  # 2024-01-31 12:30 UTC: 19,753 days and 12.5 hours


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01", 0),
        ("2024-01-31", NOON - 45_000),
        ("2024-01-31 12:30", NOON),
        ("2024-01-31T12:30", NOON),
        ("2024-01-31T12:30:59", NOON + 59),
        ("2024-01-31T12:30:59Z", NOON + 59),
        ("2024-01-31 12:30:59 Z", NOON + 59),
        ("2024-01-31T12:30Z", NOON),
        ("2024-01-31T12:30:59+01:00", NOON + 59 - 3_600),
        ("2024-01-31T12:30:59 -0530", NOON + 59 + 19_800),
        ("2024-01-31T12:30+02", NOON - 7_200),
        ("2024-01-31T12:30:00-23:59", NOON + 86_340),
        ("2024-02-29", NOON - 45_000 + 29 * 86_400),
        ("1969-12-31T23:59:59", -1),
        ("1900-03-01", -2_203_891_200),
        ("0001-01-01", -62_135_596_800),
        ("0001-01-01T00:00+01:00", -62_135_600_400),
        ("9999-12-31T23:59:59", 253_402_300_799),
        ("0", 0),
        ("-5", -5),
        ("+5", 5),
        ("20240131", 20_240_131),
        ("99999999999", 99_999_999_999),
        (f"{NOON}999", NOON),
        (f"-{NOON}000", -NOON),
        (f"{NOON}000001", NOON),
        (f"{NOON}000000001", NOON),
        (f"{NOON}.0", NOON),
        (f"{NOON}999.00", NOON),
    ],
)
def test_each_form_of_a_time_is_read(text: str, seconds: int) -> None:
    assert to_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-01-31T12:30:59.5Z", NOON + 59),
        ("2024-01-31 12:30:59,999999999", NOON + 59),
        ("2024-01-31T12:30:59.999+01:00", NOON + 59 - 3_600),
        ("1969-12-31T23:59:58.9", -2),
    ],
)
def test_a_fraction_of_a_second_is_cut_off_before_1970_too(text: str, seconds: int) -> None:
    assert to_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "noon",
        "nan",
        "1.5",
        "1e9",
        "1_000",
        "2023-02-29",
        "1900-02-29",
        "2024-13-01",
        "2024-00-01",
        "0000-01-01",
        "10000-01-01",
        "-2024-01-01",
        "2024-1-31",
        "31.01.2024",
        "01/31/2024",
        "2024-01",
        "2024-W05-3",
        "2024-01-31 ",
        " 2024-01-31",
        "2024-01-31\n",
        "2024-01-31Z",
        "2024-01-31T",
        "2024-01-31T12",
        "2024-01-31T24:00",
        "2024-01-31T12:60",
        "2024-01-31T12:30:60",
        "2024-01-31T12:30.5",
        "2024-01-31T12:30:59.",
        "2024-01-31T12:30:59+24:00",
        "2024-01-31T12:30:59+01:60",
        "2024-01-31T12:30:59 CET",
        "2024-01-31T12:30:59ZZ",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999",
        "٣",
        "２０２４-01-31",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        to_seconds(text)


def test_seconds_are_written_as_iso_8601() -> None:
    assert to_text(0) == "1970-01-01T00:00:00Z"
    assert to_text(-1) == "1969-12-31T23:59:59Z"
    assert to_text(NOON) == "2024-01-31T12:30:00Z"
    assert to_text(-62_135_596_800) == "0001-01-01T00:00:00Z"
    assert to_text(253_402_300_799) == "9999-12-31T23:59:59Z"


@pytest.mark.parametrize("seconds", [253_402_300_800, -62_135_596_801, 2**63 - 1, -(2**63) + 1])
def test_beyond_the_years_1_to_9999_the_number_is_written(seconds: int) -> None:
    assert to_text(seconds) == str(seconds)


@pytest.mark.parametrize("seconds", [0, -1, NOON, 253_402_300_799])
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert to_seconds(to_text(seconds)) == seconds
