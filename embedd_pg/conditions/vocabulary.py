"""The vocabulary of conditions. condition_vocabulary() has the same lists for plain SQL; a test compares them."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Keywords with their usual meaning in SQL.
WORDS = _words("all and any array between distinct false from ilike in is like not null or true")
COMPARISONS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})
OPERATORS = COMPARISONS | {"+", "-", "*", "/", "%", "||", "->", "->>", "~~", "!~~", "~~*", "!~~*"}
#: Functions that are part of the grammar and not in the catalogue. They choose among their arguments.
CHOICES = frozenset({"coalesce", "greatest", "least", "nullif"})
#: All of PostgreSQL's functions of these names are immutable, and none returns far more data than it takes.
FUNCTIONS = CHOICES | _words(
    "abs array_length btrim cardinality ceil ceiling char_length floor jsonb_typeof left length lower ltrim md5 mod"
    " octet_length replace reverse right round rtrim sign starts_with strpos substr trunc upper"
)

#: Types by the names that PostgreSQL prints, with their names in pg_catalog and the family they are compared in.
TYPES = {
    "boolean": ("bool", "boolean"),
    "smallint": ("int2", "number"),
    "integer": ("int4", "number"),
    "bigint": ("int8", "number"),
    "numeric": ("numeric", "number"),
    "real": ("float4", "number"),
    "double precision": ("float8", "number"),
    "text": ("text", "text"),
    "character varying": ("varchar", "text"),
    "character": ("bpchar", "text"),
    "name": ("name", "text"),
    "date": ("date", "date"),
    "timestamp without time zone": ("timestamp", "timestamp"),
    "timestamp with time zone": ("timestamptz", "timestamptz"),
    "time without time zone": ("time", "time"),
    "interval": ("interval", "interval"),
    "uuid": ("uuid", "uuid"),
    "json": ("json", "json"),
    "jsonb": ("jsonb", "jsonb"),
}
#: Other spellings of these types. `character` alone is left out, because a cast to it keeps one letter.
SPELLINGS = {
    **{name: name for name in TYPES if name != "character"},
    **{short: name for name, (short, _) in TYPES.items()},
    "int": "integer",
    "decimal": "numeric",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
}

#: Words that PostgreSQL 14 to 18 do not accept everywhere as a plain name. As the name of a column, they need quotes.
KEYWORDS = _words(
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast"
    " char character check coalesce collate collation column concurrently constraint create cross current_catalog"
    " current_date current_role current_schema current_time current_timestamp current_user dec decimal default"
    " deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant"
    " greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join"
    " json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize"
    " json_table json_value lateral leading least left like limit localtime localtimestamp merge_action national"
    " natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay"
    " placing position precision primary real references returning right row select session_user setof similar smallint"
    " some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union"
    " unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement"
    " xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable"
)

#: Longer or deeper conditions are refused before they are parsed.
MAX_LENGTH = 10_000
MAX_DEPTH = 32
