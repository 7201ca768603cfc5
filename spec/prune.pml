/* Lease, fence and pruning: no entry that a live node has yet to read is deleted, whoever leads.

   Times are the database's, in beats: a node is live for LIVE of them after its last one, a lease lasts LEASE. `age` is
   what the database sees; it leaps if all that shares its clock was suspended, and nobody could beat meanwhile.
   `silent` is for how long the reader has not beaten although it could.
   Leader, two that may lead: beats; looks anew at the others if its beat before was long ago; takes or renews the lease;
   prunes in one transaction, by an order that it made before. The transaction holds the lock that beats need too, asks
   whether the lease still holds, finds the node that is furthest behind, and deletes what is before that node's row.
   A silent node counts until the leader has watched it for LIVE and PATIENCE; and the leader deletes nothing if its own
   last beat was long ago when it looked at the others. Time may pass between any two steps.
   Reader: registers, takes its place, reads, beats, falls silent, comes back; it resyncs if its row has gone.

   Asserted at a deletion: the row at which the reader stands stays, with all that follow, unless it was silent for
   longer than LIVE; the newest row always stays; nobody else was given the lease since the leader was.

   Not modelled: ages of entries, kept positions, clocks that are set back, nodes that say goodbye. */
//@ holds
//@ deep W=3 LIVE=3 LEASE=6
#ifndef W
#define W 2
#endif
#ifndef LIVE
#define LIVE 2
#endif
#ifndef LEASE
#define LEASE 5                 /* longer than LIVE and PATIENCE: else no break that it outlasts matters */
#endif
#define PATIENCE 1
#define MOST (LIVE + PATIENCE + 1)
#define MORE(t, most) ((t) < (most) -> (t) + 1 : (most))    /* times are not counted beyond what matters */
#define NOBODY 255

byte newest = 1, pruned;                /* entries 1..newest, of which those through `pruned` are gone */
byte lock = NOBODY;
bool fence[2]; byte leaseAge = LEASE;   /* the number of the lease is the one that this leader was given last */
byte beaten[2], watched[2];             /* since the last beat, and since when it watches: of who leads */
bool registered, placed; byte cursor, shown, age, silent;
bool leapt;

active proctype Clock() {
end: do
  :: d_step { leaseAge = MORE(leaseAge, LEASE); age = MORE(age, MOST); silent = MORE(silent, LIVE + 1);
       if :: fence[0] -> beaten[0] = MORE(beaten[0], 2); watched[0] = MORE(watched[0], MOST) :: else -> skip fi;
       if :: fence[1] -> beaten[1] = MORE(beaten[1], 2); watched[1] = MORE(watched[1], MOST) :: else -> skip fi }
  :: atomic { !leapt -> leapt = true; age = MOST;
       if :: leaseAge = LEASE :: leaseAge <= 1 -> leaseAge = leaseAge + LEASE - 1 fi;
       if :: fence[0] -> beaten[0] = 2 :: else -> skip fi;
       if :: fence[1] -> beaten[1] = 2 :: else -> skip fi }
  :: d_step { newest < W -> newest++ }
  od
}

active proctype Reader() {
#ifdef MUTANT_LATE_REGISTRATION
  d_step { cursor = newest; placed = true; silent = 0 };
  d_step { lock == NOBODY -> registered = true; shown = cursor; age = 0; silent = 0 };
#else
  d_step { lock == NOBODY -> registered = true; age = 0; silent = 0 };
  d_step { cursor = newest; placed = true };
#endif
end: do
  :: d_step { cursor <= pruned && pruned > 0 -> cursor = newest; silent = LIVE + 1 }    /* and it has yet to show that */
  :: d_step { cursor > pruned && cursor < newest -> cursor++ }
  :: d_step { lock == NOBODY -> age = 0; silent = 0;
#ifdef MUTANT_READ_AHEAD
       shown = newest
#else
       shown = cursor
#endif
     }
  od
}

proctype Leader(byte k) {
  byte order, floor; bool leads;
end: do
  :: d_step { lock == NOBODY ->
#ifndef MUTANT_NO_LOOK_ANEW
       if :: 2 * beaten[k] > 3 -> watched[k] = 0 :: else -> skip fi;
#endif
       beaten[k] = 0 };
     d_step { lock == NOBODY ->
       if
       :: leaseAge >= LEASE ->
          fence[k] = true; fence[1 - k] = false; watched[1 - k] = 0; beaten[1 - k] = 0; watched[k] = 0
       :: else -> skip
       fi;
       leads = fence[k]; if :: leads -> leaseAge = 0; order = watched[k] :: else -> skip fi };
     if
     :: leads ->
        d_step { lock == NOBODY -> lock = k;
#ifndef MUTANT_NO_FENCE
          leads = fence[k] && leaseAge < LEASE
#endif
        };
        d_step {
          floor = W + 1;
          if
#ifndef MUTANT_NO_LOOK_AT_SELF
          :: beaten[k] > 1 -> floor = 0
#endif
#ifdef MUTANT_NO_WATCH
          :: registered && age <= LIVE -> floor = shown
#else
          :: registered && (age <= LIVE + PATIENCE || order <= LIVE + PATIENCE) -> floor = shown
#endif
          :: else -> skip
          fi;
#ifndef MUTANT_NEWEST_GOES
          if :: floor > newest -> floor = newest :: else -> skip fi
#endif
#ifdef MUTANT_NO_LOCK
          ; lock = NOBODY
#endif
        };
        d_step {
          if
          :: leads && floor > pruned + 1 ->
             pruned = floor - 1;
             assert(fence[k]);
             assert(pruned < newest);
             assert(!placed || silent > LIVE || cursor > pruned)
          :: else -> skip
          fi;
          lock = NOBODY }
     :: else -> skip
     fi;
     d_step { order = 0; floor = 0; leads = false }
  od
}

init { atomic { run Leader(0); run Leader(1) } }
