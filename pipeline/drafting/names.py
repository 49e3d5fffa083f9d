"""What the name of a column says about it."""

import re
import unicodedata
from collections.abc import Sequence

from modules.base.settings import PipelineSettings


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SENSITIVE = _set(
    "sex gender race racial ethnicity ethnic age agegroup ageband religion religious nationality citizenship immigrant "
    "disability disabled marital married pregnant pregnancy orientation veteran skin "
    # German, French, Spanish and Portuguese, Italian, Dutch. Not genre, which is one of films, nor eta, an arrival.
    "geschlecht rasse ethnie alter altersgruppe altersklasse konfession behinderung nationalität nationalitaet "
    "staatsangehörigkeit staatsangehoerigkeit familienstand schwanger migrationshintergrund "
    "sexe ethnique âge handicap nationalité nationalite matrimonial matrimoniale enceinte "
    "sexo género genero gênero raza raça raca etnia edad idade religión religião religiao discapacidad deficiência "
    "deficiencia nacionalidad nacionalidade embarazada grávida "
    "sesso genere razza età religione disabilità nazionalità incinta "
    "geslacht leeftijd ras etniciteit religie nationaliteit"
)
# Of two words, both must be there: what somebody is by law is civil in many languages, and so is engineering.
_MARITAL = [_set(text) for text in ("estado civil", "état civil", "etat civil", "stato civile", "burgerlijke staat")]
_IDENTIFIER = _set("id ids uuid guid identifier rowid rownames")
_ROW_NUMBER = _set("index row unnamed rownum")
# Those whose rows come in groups, with or without "id" after the name.
_ENTITY = _set(
    "customer user client patient account member household subject person employee student device session visitor "
    "card borrower driver policyholder"
)
# Numbers that only name something: no order, no distance.
_CODE = _set(
    "code zip zipcode postal postcode plz area region district tract county state country city store shop branch "
    "department dept type class category group cluster segment product item sku brand channel status sector industry "
    "occupation"
)
_SPARSE_CODE = _set("zip zipcode postal postcode plz")
_TIME = _set("time timestamp datetime date ts at day when created updated occurred started")
# A date that describes the row's subject, and not when the row came about.
_NOT_EVENT = _set("birth birthday born dob expiry expires expiration due end hire hired founded built")
_WEIGHT = _set("fnlwgt sample_weight instance_weight example_weight case_weight survey_weight")
# From the surest to the vaguest. A word of a name counts, too.
_LABEL = [
    *("label", "target", "y", "class", "outcome", "churn", "churned", "survived", "default", "defaulted", "fraud"),
    *("converted", "response", "income", "diagnosis", "species", "tipper", "readmitted", "clicked", "subscribed"),
    *("purchased", "attrition", "result", "quality", "price"),
]


def words(name: str) -> list[str]:
    """Returns the words of a name, lower-case: `PassengerId` gives `passenger`, `id`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return re.findall(r"[^\W_]+", spaced.lower())


def is_sensitive(name: str) -> bool:
    """Tells whether a name is that of a protected attribute of people."""
    parts = set(words(unicodedata.normalize("NFC", name)))
    return not _SENSITIVE.isdisjoint(parts) or any(both <= parts for both in _MARITAL)


def is_identifier(name: str) -> bool:
    """Tells whether a column is called an identifier, as `id`, `PassengerId` and `customerid` are."""
    parts = words(name)
    joined = any(word.endswith("id") and word[:-2] in _ENTITY for word in parts)
    return joined or not _IDENTIFIER.isdisjoint(parts)


def is_row_number(name: str) -> bool:
    """Tells whether a column is called as the number of a row is, such as pandas' `Unnamed: 0`."""
    return not _ROW_NUMBER.isdisjoint(words(name))


def is_entity(name: str) -> bool:
    """Tells whether a column names who a row is about, such as `customer` or `patient_no`."""
    return is_identifier(name) or (not _ENTITY.isdisjoint(words(name)) and len(words(name)) <= 2)


def is_code(name: str) -> bool:
    """Tells whether numbers of that name are codes: without order or distance."""
    return not _CODE.isdisjoint(words(name))


def is_sparse_code(name: str) -> bool:
    """Tells whether a name is that of a code with many values, such as a postcode."""
    return not _SPARSE_CODE.isdisjoint(words(name))


def is_time(name: str) -> bool:
    """Tells whether a name is that of a time."""
    return not _TIME.isdisjoint(words(name))


def is_event_time(name: str) -> bool:
    """Tells whether a time of that name may be when the row came about; a birthday is not."""
    return _NOT_EVENT.isdisjoint(words(name))


def is_weight(name: str) -> bool:
    """Tells whether a name is that of a weight of examples."""
    return "_".join(words(name)) in _WEIGHT


def label_candidates(columns: Sequence[str]) -> list[str]:
    """Orders columns by how much their names look like a label's; those that do not look so are left out."""
    ranked = []
    for column in columns:
        parts = words(column)
        if len(parts) == 1 and parts[0] in _LABEL:
            ranked.append((0, _LABEL.index(parts[0]), column))
        elif hits := [_LABEL.index(word) for word in parts if word in _LABEL and word != "y"]:
            ranked.append((1, min(hits), column))
    return [column for _, _, column in sorted(ranked, key=lambda entry: entry[:2])]


def pipeline_name(table: str) -> str:
    """Makes the name of a pipeline from that of a table: `Customers 2024.csv.gz` gives `customers_2024`.

    Of a pattern, or a name without any letter or digit, the folder's name is taken.
    """
    for part in reversed(table.partition("://")[2].split("/") if "://" in table else table.split("/")):
        stem = re.sub(r"(\.(csv|tsv|txt|parquet|pq|tfrecords?))?(\.(gz|zst|bz2))?$", "", part, flags=re.IGNORECASE)
        plain = unicodedata.normalize("NFKD", "_".join(words(stem)).casefold()).encode("ascii", "ignore").decode()
        if name := re.sub(r"[^a-z0-9]+", "_", plain).strip("_"):
            return name if name[0].isalpha() else f"table_{name}"
    return "table"


def is_pipeline_name(name: str) -> bool:
    """Tells whether a pipeline can be called so."""
    (pattern,) = (rule.pattern for rule in PipelineSettings.model_fields["name"].metadata if hasattr(rule, "pattern"))
    return re.fullmatch(pattern, name) is not None
