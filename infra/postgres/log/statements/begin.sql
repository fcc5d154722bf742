-- Every statement after the lock must see what was committed before the lock was given: so not repeatable read.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE
