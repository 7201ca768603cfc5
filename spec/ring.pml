/* The ring: entries are brought by a wake-up, and applied ahead of the look at the log.

   Database: rows 1..newest, what each says (fp: no two say the same). A restore takes the last rows away; nothing but
   the rows tells of it (the lineage of restore.pml, which would, is left out: what is said here must hold without).
   Ring: brings anything. What publishers hand over late or never, what is left there from before a restore, torn, or
   written by somebody else: all of that is some entry with the next id.
   Poller: applies what the ring brings as the next entry, and remembers it. Or looks at the log from its cursor's own
   row on. If that row is another, or the rows that follow are not the very entries that it has applied ahead, it takes
   the newest place and refreshes everything; else it passes over those, and applies the rest. Only the look moves the
   cursor, and the position with it.
   Waiter: waits for a row that is committed.

   Asserted: when a look ends, each row of the log was applied, or refreshed for; and what was applied though the log
   does not hold it was refreshed for. And who waits is not told that a row is applied which is not, if no restore came
   since the node's last look.

   Not modelled: own entries, pruning, hung refreshers, what is said of a log by the other tables. */
//@ holds W=5
//@ deep W=6
//@ deep W=5 RESTORES=2 AHEAD=3
//@ fails MUTANT_IDS_ALONE W=4
//@ fails MUTANT_NO_REFRESH W=4
//@ fails MUTANT_AHEAD_MOVES W=4
//@ fails MUTANT_NO_ANCHOR W=4
#ifndef W
#define W 5                     /* appends */
#endif
#ifndef RESTORES
#define RESTORES 1
#endif
#ifndef AHEAD
#define AHEAD 2                 /* entries, at the most */
#endif

byte newest, fp[W + 1], appends, restores;
byte cursor, cursorFp, position, seen;   /* seen: how many restores there had been at the last look */
byte ahead, aheadFp[AHEAD + 1];          /* what was applied after the cursor */
short applied;                           /* a bit for each fp */
byte n;                                  /* of d_steps alone */

#define BIT(f) (1 << (f))

active proctype Writer() {
end: do
  :: d_step { appends < W -> appends++; newest++; fp[newest] = appends }
  od
}

active proctype Admin() {
end: do
  :: atomic { restores < RESTORES && newest > 1 -> restores++; newest--;
       do :: newest > 1 -> newest-- :: break od;
       d_step { n = newest + 1; do :: n <= W -> fp[n] = 0; n++ :: else -> break od; n = 0 } }
  od
}

active proctype Poller() {
  byte brought;
  bool refresh;
  short is_false;                        /* a bit for each fp: it was applied, and a look has not found it */
end: do
  :: atomic { cursor > 0 && ahead < AHEAD && cursor + ahead < W ->
       select(brought : 1 .. W);
       ahead++; aheadFp[ahead] = brought; applied = applied | BIT(brought); brought = 0;
#ifdef MUTANT_AHEAD_MOVES
       position = cursor + ahead
#endif
     }
  :: d_step {
       seen = restores;
#ifndef MUTANT_NO_ANCHOR
       refresh = cursor > newest || fp[cursor] != cursorFp;
#endif
       n = 1;
       do
       :: n <= ahead ->
          if
          :: cursor + n > newest -> refresh = true; is_false = is_false | BIT(aheadFp[n])
          :: cursor + n <= newest && fp[cursor + n] != aheadFp[n] -> is_false = is_false | BIT(aheadFp[n]);
#ifndef MUTANT_IDS_ALONE
             refresh = true
#endif
          :: else -> skip
          fi;
          n++
       :: else -> break
       od;
       if
       :: refresh -> n = 1
       :: else -> n = cursor + ahead + 1
       fi;
#ifdef MUTANT_NO_REFRESH                 /* the true entries are applied, and no more */
       n = 1; refresh = false;
#endif
       do :: n <= newest -> applied = applied | BIT(fp[n]); n++ :: else -> break od;
       if :: refresh -> is_false = 0 :: else -> skip fi;
       cursor = newest; cursorFp = fp[newest]; position = newest;
       n = 1;
       do :: n <= newest -> assert(applied & BIT(fp[n])); n++ :: else -> break od;
       assert(is_false == 0);
       n = 1;
       do :: n <= AHEAD -> aheadFp[n] = 0; n++ :: else -> break od;
       ahead = 0; n = 0; refresh = false; is_false = 0 }
  od
}

active proctype Waiter() {
  byte id, says, had;
  d_step { newest > 0 && seen == restores -> id = newest; says = fp[newest]; had = restores };
  d_step { position >= id -> assert(seen != had || restores != had || (applied & BIT(says))) }
}
