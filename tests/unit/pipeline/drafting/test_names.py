import pytest

from pipeline.drafting import names

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PassengerId", ["passenger", "id"]),
        ("marital_status", ["marital", "status"]),
        ("Unnamed: 0", ["unnamed", "0"]),
        ("Größe (cm)", ["größe", "cm"]),
        ("", []),
    ],
)
def test_a_name_is_taken_apart_into_words(name: str, words: list[str]) -> None:
    assert names.words(name) == words


@pytest.mark.parametrize(
    ("rule", "yes", "no"),
    [
        (
            names.is_sensitive,
            [
                *("age", "Gender", "customer_race", "maritalStatus", "Age Band", "religion", "is_disabled"),
                *("Geschlecht", "Familienstand", "Staatsangehörigkeit", "altersgruppe", "sexe", "âge", "nationalité"),
                *("sexo", "género", "estado_civil", "EstadoCivil", "discapacidad", "e\u0301tat civil", "stato civile"),
            ],
            ["wage", "percentage", "sexagesimal", "genre", "ETA", "civil_engineering", "estado", "Gehalt"],
        ),
        (names.is_identifier, ["id", "PassengerId", "customerid", "order_uuid"], ["paid", "humidity", "idle_time"]),
        (names.is_entity, ["customer", "patient_no", "customerID", "store_id"], ["customer_service_calls", "amount"]),
        (names.is_row_number, ["Unnamed: 0", "index", "row"], ["browser", "narrow"]),
        (names.is_code, ["zip_code", "pickup_community_area", "Pclass"[1:]], ["latitude", "typed"]),
        (names.is_time, ["created_at", "trip_start_timestamp", "day"], ["runtime_ms", "dated"]),
        (names.is_weight, ["fnlwgt", "sampleWeight", "case-weight"], ["weight", "body_weight"]),
    ],
)
def test_names_say_what_a_column_is(rule, yes: list[str], no: list[str]) -> None:
    assert [name for name in yes if not rule(name)] == []
    assert [name for name in no if rule(name)] == []


def test_a_birthday_is_no_time_of_an_event() -> None:
    assert names.is_event_time("created_at")
    assert not names.is_event_time("date_of_birth")


def test_label_names_are_ranked_from_the_surest_to_the_vaguest() -> None:
    columns = ["id", "price", "customer_target", "churned", "y", "yearly", "pos_y"]
    assert names.label_candidates(columns) == ["y", "churned", "price", "customer_target"]
    assert names.label_candidates(["a", "b"]) == []


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("customers.csv", "customers"),
        ("/x/Customers 2024.csv.gz", "customers_2024"),
        ("s3://bucket/rows/*.parquet", "rows"),
        ("folder/", "folder"),
        ("2024-sales.tsv", "table_2024_sales"),
        ("BankChurn.PARQUET", "bank_churn"),
        ("Größe.csv", "grosse"),
        ("*.csv", "table"),
    ],
)
def test_a_pipeline_is_named_after_its_table(table: str, name: str) -> None:
    assert names.pipeline_name(table) == name
    assert names.is_pipeline_name(name)


@pytest.mark.parametrize("name", ["", "Churn", "2024", "a-b", "churn\n", "_a"])
def test_other_names_are_no_names_of_pipelines(name: str) -> None:
    assert not names.is_pipeline_name(name)
