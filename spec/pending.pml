/* PostgreSQL: rows that wait for their ids, the counter and the deferred trigger, at each isolation level.

   A transaction writes rows that have no ids yet. At its commit the trigger gives them theirs if it sees what others
   have committed (READ COMMITTED): it locks the counter, goes on from what that holds then, and the lock is held until
   the rows can be seen. Else (REPEATABLE READ, SERIALIZABLE, and those of very many rows) they stay pending, a NOTIFY goes
   out, which may be lost, and a settler gives the ids: any node that may, when it hears of it, or a leader with its next
   beat. It locks the counter before it looks for pending rows. Everybody may fail until the commit, and undoes all.
   A node polls: first whether rows are pending, then the rows; it proves freshness only if none were.

   Asserted: ids become visible in order, without holes, none twice; a node that proves freshness has read every row that
   was committed when its look began; in the end no row is left pending.

   Not modelled: rights, forged rows, two-phase commit (its transaction holds the counter until its second phase: others
   wait), and what PostgreSQL promises itself: a commit is visible before its locks are free. */
//@ holds LOOKS=1
//@ holds TX=2
//@ deep
//@ deep bitstate TX=4
//@ fails MUTANT_SEQUENCE reverse TX=2
//@ fails MUTANT_EARLY_UNLOCK reverse
//@ fails MUTANT_NO_LOCK reverse
#ifndef TX
#define TX 3                    /* transactions; the first one writes two rows */
#endif
#ifndef SETTLERS
#define SETTLERS 2
#endif
#ifndef LOOKS
#define LOOKS 2                 /* of the node, at any time */
#endif
#define X (2 * TX + 2)
#define FREE 255
#define ROWS(i) ((i) == 0 -> 2 : 1)

byte counter, lock = FREE;
bool visible[X];                /* by id */
bool committed[TX];
byte left[TX];                  /* of its committed rows, those that wait for ids */
byte last[TX];                  /* the id of its last row; 0: none yet */
byte waiting, sequence, told, lost, failed;
byte n;                         /* of d_steps alone */

inline publish(first, count) {     /* at a commit */
  n = 1;
  do
  :: n <= count ->
     assert(!visible[first + n]);
     assert(first + n == 1 || visible[first + n - 1]);
     visible[first + n] = true; n++
  :: else -> break
  od;
  n = 0
}

proctype Transaction(byte me) {
  byte from, rows = ROWS(me); bool later, saw;
  if :: later = true :: later = false fi;            /* the isolation level, or the number of rows */
  d_step { from = counter; sequence = sequence + ROWS(me) };   /* it begins, and writes */
#ifdef MUTANT_ISOLATED
  later = false; saw = true;                         /* it counts on from what it saw when it began */
#endif
#ifdef MUTANT_SEQUENCE
  from = sequence - ROWS(me);
#endif
  if
  :: later ->
     if
     :: d_step { committed[me] = true; left[me] = rows; waiting++; told = SETTLERS }
     :: d_step { lost < 1 -> lost++; committed[me] = true; left[me] = rows; waiting++ }
     fi
  :: else ->
#ifdef MUTANT_SEQUENCE
     skip;
#else
#ifdef MUTANT_NO_LOCK
     from = counter;
#else
     d_step { lock == FREE -> lock = me; if :: !saw -> from = counter :: else -> skip fi };
#endif
#endif
     if
     :: d_step { failed < 1 -> failed++; if :: lock == me -> lock = FREE :: else -> skip fi }
#ifdef MUTANT_EARLY_UNLOCK
     :: d_step { counter = from + rows; lock = FREE };
        d_step { publish(from, rows); committed[me] = true; last[me] = from + rows }
#else
     :: atomic {
          if :: rows = ROWS(me) :: rows = 1 fi;      /* as many as the trigger may settle at once */
          d_step {
            publish(from, rows); counter = from + rows; committed[me] = true; left[me] = ROWS(me) - rows;
            if :: left[me] > 0 -> waiting++; told = SETTLERS :: else -> last[me] = counter fi;
            if :: lock == me -> lock = FREE :: else -> skip fi } }
#endif
     fi
  fi
}

#define ANY (waiting > 0)

proctype Settler(byte me) {
  byte from, i, k; bool takes[TX], one;
end: do
#ifdef MUTANT_NO_BEAT
  :: atomic { told > 0 && ANY -> told--;
#else
  :: atomic { ANY -> told = (told > 0 -> told - 1 : 0);
#endif
       if :: one = true :: one = false fi };         /* at the most so many at once */
#ifdef MUTANT_LOOK_FIRST
     d_step { i = 0; do :: i < TX -> takes[i] = left[i] > 0; i++ :: else -> break od; i = 0 };
#endif
     d_step { lock == FREE -> lock = TX + me; from = counter;
#ifndef MUTANT_LOOK_FIRST
       i = 0; do :: i < TX -> takes[i] = left[i] > 0; i++ :: else -> break od; i = 0
#endif
     };
     if
     :: d_step { failed < 1 -> failed++; lock = FREE }
     :: d_step {
          i = 0;
          do
          :: i < TX ->
             if
             :: takes[i] ->
                assert(left[i] > 0);
                k = (one -> 1 : left[i]); publish(from, k); from = from + k; left[i] = left[i] - k;
                if :: left[i] == 0 -> waiting--; last[i] = from :: else -> skip fi;
                if :: one -> i = TX :: else -> i++ fi
             :: else -> i++
             fi
          :: else -> break
          od;
          counter = from; lock = FREE }
     fi;
     d_step { from = 0; one = false; i = 0; k = 0; do :: i < TX -> takes[i] = false; i++ :: else -> break od; i = 0 }
  od
}

active proctype Node() {
  byte cursor, looks, i; bool waits, was[TX];
  do
  :: d_step { looks < LOOKS -> looks++;              /* a look begins: what is committed now is to be proved */
       i = 0; do :: i < TX -> was[i] = committed[i]; i++ :: else -> break od; i = 0;
#ifdef MUTANT_OLD_NEWS          /* who finds rows does not look for pending ones again */
       if :: visible[cursor + 1] -> skip :: else -> waits = ANY fi
#else
#ifndef MUTANT_ROWS_FIRST
       waits = ANY
#else
       do :: cursor + 1 < X && visible[cursor + 1] -> cursor++ :: else -> break od
#endif
#endif
     };
     d_step {
#ifndef MUTANT_ROWS_FIRST
       do :: cursor + 1 < X && visible[cursor + 1] -> cursor++ :: else -> break od;
#else
       waits = ANY;
#endif
#ifdef MUTANT_PENDING_UNSEEN
       waits = false;
#endif
       do
       :: i < TX -> assert(waits || !was[i] || (last[i] != 0 && last[i] <= cursor)); was[i] = false; i++
       :: else -> break
       od;
       i = 0; waits = false }
  :: looks == LOOKS -> break
  od
}

active proctype End() {
  timeout -> assert(!ANY && lock == FREE)
}

init {
  byte i;
  atomic {
    for (i : 0 .. TX - 1) { run Transaction(i) }
    for (i : 0 .. SETTLERS - 1) { run Settler(i) }
  }
}
