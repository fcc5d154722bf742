SELECT f.position FROM {schema}.followers f WHERE f.name = $1::text
