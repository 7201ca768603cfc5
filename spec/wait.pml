/* wait_everywhere, with nodes that join, fall silent, die, say goodbye, and whose beats fail.

   Node: registers, takes its place (the newest one; or one that it kept, and then it holds what is older), looks at the
   log and applies what it finds, beats. A beat has three moments: it begins, the row is written with how far the node
   is, the answer arrives. The database takes it for live for LIVE after the second one. The node takes itself for live
   for LIVE after the first one: then, if it could not beat, it claims no freshness until a beat of its own was answered
   and it has looked at the log after that. A node that starts with what it kept has proved nothing before its first look.
   Waiter: publishes the entry, lists the nodes, and looks until nobody of them who is live is behind. It is sure if none
   of those that had not said goodbye was silent, at its first look or later.

   Asserted from then on: a node that claims freshness has applied the entry; and if the waiter was sure, every node that
   runs and had registered before it listed them has, whatever it claims.

   Not modelled: a log that is restored meanwhile (restore.pml: its nodes show position 0), the request by which nodes are
   asked to answer at once (it only makes beats come sooner), clocks that leap (prune.pml). */
//@ holds
//@ deep LIVE=2
//@ deep bitstate N=3
//@ fails MUTANT_EARLY_PROOF reverse
#ifndef N
#define N 2                     /* the first one is there from the beginning; the others join */
#endif
#ifndef LIVE
#define LIVE 1
#endif
#define MORE(t) ((t) <= LIVE -> (t) + 1 : LIVE + 1)

bool published, listed, done, sure, beats[N];
bool runs[N], placed[N], applied[N], proved[N], heard[N];   /* heard: had registered before the list */
bool row[N], stopped[N], shown[N]; byte age[N];             /* in the database */
byte own[N], began[N];                                      /* since the last beat that was answered began; since the one under way */

#ifdef MUTANT_BEAT_IS_PROOF
#define CLAIMS(i) (runs[i] && placed[i] && proved[i] && own[i] <= LIVE)
#else
#define CLAIMS(i) (runs[i] && placed[i] && proved[i])
#endif

#if defined(MUTANT_LOOK_FIRST) || defined(MUTANT_NO_SELF_CHECK)
#define FOUND_LIVE(i) true
#else
#define FOUND_LIVE(i) (own[i] <= LIVE)
#endif

proctype Clock() {
  byte i;
end: do
  :: d_step {
       i = 0;
       do
       :: i < N ->
          if :: row[i] -> age[i] = MORE(age[i]) :: else -> skip fi;
          if :: runs[i] -> own[i] = MORE(own[i]) :: else -> own[i] = 0 fi;
          if :: beats[i] -> began[i] = MORE(began[i]) :: else -> skip fi;
#if !defined(MUTANT_BEAT_IS_PROOF) && !defined(MUTANT_NO_SELF_CHECK)
          if :: own[i] > LIVE -> proved[i] = false :: else -> skip fi;
#endif
          i++
       :: else -> break
       od;
       i = 0 }
  od
}

proctype Node(byte i; bool joins) {
  bool p, kept;
  if
  :: !joins
  :: joins ->
     atomic { if :: kept = true :: kept = false fi; own[i] = LIVE + 1; runs[i] = true };
     if                                                     /* the first beat, which may fail */
     :: d_step { row[i] = true; age[i] = 0; own[i] = 0; heard[i] = !listed }
     :: skip
     fi;
     d_step { placed[i] = true; applied[i] = !kept && published;
#ifdef MUTANT_EARLY_PROOF
       proved[i] = true
#else
       proved[i] = !kept && FOUND_LIVE(i)
#endif
     }
  fi;
end: do
  :: d_step { runs[i] && (!applied[i] || !proved[i]) -> applied[i] = published;           /* a look */
       proved[i] = FOUND_LIVE(i) }
  :: d_step { runs[i] -> beats[i] = true;
#ifdef MUTANT_READ_AHEAD
       p = published
#else
       p = applied[i]
#endif
     };
     if
     :: d_step { age[i] = 0; shown[i] = p; heard[i] = heard[i] || (!row[i] && !listed); row[i] = true };
#ifdef MUTANT_FROM_ANSWER
        own[i] = 0
#else
        own[i] = began[i]
#endif
     :: skip                                                /* it fails */
     fi;
     d_step { p = false; beats[i] = false; began[i] = 0 }
  :: d_step { runs[i] -> runs[i] = false; stopped[i] = row[i] }
  :: d_step { runs[i] -> runs[i] = false }
  :: !runs[i] -> break
  od
}

proctype Waiter() {
  byte i; bool in[N]; bool behind, silent;
  published = true;
  d_step { listed = true; i = 0;
    do
    :: i < N ->
       in[i] = row[i] && !stopped[i] && age[i] <= LIVE && !shown[i];
#ifndef MUTANT_SILENT_AT_FIRST
       silent = silent || (row[i] && !stopped[i] && age[i] > LIVE && !shown[i]);
#endif
       i++
    :: else -> break
    od;
    i = 0 };
  do
  :: d_step { behind = false;
       do
       :: i < N ->
          if
          :: in[i] && shown[i] -> in[i] = false
          :: in[i] && !shown[i] && age[i] <= LIVE && !stopped[i] -> behind = true
#ifndef MUTANT_SILENT_IS_GONE
          :: in[i] && !shown[i] && age[i] > LIVE && !stopped[i] -> silent = true; in[i] = false
#endif
          :: else -> skip
          fi;
          i++
       :: else -> break
       od;
       i = 0 };
     if :: !behind -> break :: else -> skip fi
  od;
  atomic { sure = !silent; done = true }
}

#define WRONG(i) ((done && CLAIMS(i) && !applied[i]) || (sure && runs[i] && heard[i] && !applied[i]))
proctype Monitor() {
  atomic { WRONG(0) || WRONG(N - 1) -> assert(false) }
}

init {
  byte i;
  atomic {
    row[0] = true; heard[0] = true; placed[0] = true; proved[0] = true; runs[0] = true;
    run Clock(); run Waiter(); run Monitor(); run Node(0, false);
    for (i : 1 .. N - 1) { run Node(i, true) }
  }
}
