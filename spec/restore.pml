/* Log, anchor, load and restore: a node that claims to be fresh holds no value that the database no longer has.

   Database: rows 1..newest, what each says (fp: no two say the same) and the version of the one value after it (data).
   A restore takes the last rows away, and their changes with them. It is told by the `lineage` that each look reads
   (SQLite: its schema cookie; PostgreSQL: system, timeline, tables), unless somebody deleted rows and set the counter
   back BY_HAND; the `version` of the log's end tells then, for as long as nobody has appended.
   Node: the cached value with its generation (the stamp of loads); the cursor with what its row said; the ids that were
   given to it, until it has passed them. A look that contradicts any of these means another log: the node takes the
   newest place, then empties its cache, then forgets what it had written before that place was looked up.
   Publisher, on this node: a change with its entry in one transaction; then the application keeps what it wrote, if
   nothing was evicted since before that. Loader: the application's, on connections of its own: it may read anything, at any time.

   Asserted when a poll claims to have proved freshness: the cached value is what the database held at its look, or was
   kept since (if it was loaded: read since). And nobody resyncs unless there was a restore.

   Not modelled: pruning (prune.pml), the shared half (hybrid.pml), clones, kept positions, changes that commit
   before their entries, other nodes: a node's proof rests on its own looks alone. Limit: LIMIT_LOADS, BY_HAND while a load reads a change that is then taken back, and
   another entry follows before the node looks: nothing that is looked at tells. */
//@ holds W=3
//@ holds W=3 BY_HAND LOADS=0
//@ deep W=4
//@ deep W=3 LOADS=2
//@ deep W=4 BY_HAND LOADS=0
//@ fails MUTANT_NO_GIVEN_IDS BY_HAND LOADS=0
//@ fails MUTANT_NO_VERSION BY_HAND
//@ fails MUTANT_FORGOTTEN BY_HAND LOADS=0
//@ fails MUTANT_STAMPS_ALONE BY_HAND LOADS=0
//@ fails MUTANT_NO_ANCHOR BY_HAND LOADS=0
//@ fails LIMIT_LOADS BY_HAND
#ifndef W
#define W 3                     /* appends */
#endif
#ifndef LOADS
#define LOADS 1
#endif
#define RESTORES 1
#define NONE 255
#ifdef MUTANT_STAMPS_ALONE      /* the fingerprint says nothing of what the entry says */
#define SAME(a, b) true
#else
#define SAME(a, b) ((a) == (b))
#endif

byte newest, fp[W + 1], data[W + 1], kept[W + 1], appends, restores, lineage, version;
byte cached = NONE, gen;
byte cursor, cursorFp, ownId, own, passed, met, last, lastVersion;   /* passed: what was read under ownId */
bool given, dirty, fresh, after;    /* given: the id has come back; after: the load has read since the look */
byte n;                             /* of d_steps alone */

inline append(concerns, value) {
  appends++; version++; newest++; fp[newest] = appends;
  data[newest] = (concerns -> value : data[newest - 1]); kept[newest] = data[newest]; dirty = true
}
inline evict() { cached = NONE; gen++ }

/* Other nodes, and programs in SQL. */
active proctype Writer() {
end: do
  :: atomic { appends < W -> if :: append(true, appends) :: append(false, 0) fi }
  od
}

active proctype Admin() {
end: do
  :: atomic { restores < RESTORES && newest > 0 -> restores++; dirty = true; version++; newest--;
#ifndef BY_HAND
       lineage++;
#endif
       do :: newest > 0 -> newest-- :: break od;
       d_step { data[newest] = kept[newest]; n = newest + 1;
                do :: n <= W -> fp[n] = 0; data[n] = 0; kept[n] = 0; n++ :: else -> break od; n = 0 } }
  od
}

active proctype Publisher() {
  byte stamp;
end: d_step { appends < W -> stamp = gen };
  d_step { if :: appends < W -> append(true, appends); ownId = newest; own = appends :: else -> skip fi };
  d_step {
    if
    :: ownId > 0 ->
       given = true; dirty = true;
       if
#ifdef MUTANT_LATE_STAMP
       :: true -> evict(); cached = own; fresh = true
#else
       :: gen == stamp -> evict(); cached = own; fresh = true
#endif
       :: else -> if :: ownId > cursor -> evict() :: else -> skip fi
       fi
    :: else -> skip
    fi }
}

active proctype Loader() {
  byte loads = LOADS, stamp, v;
end: do
  :: d_step { loads > 0 && cached == NONE -> loads--; stamp = gen };
     d_step { v = data[newest]; after = true };
     d_step {
       if
#ifndef MUTANT_NO_STAMP
       :: gen != stamp
#endif
       :: else -> cached = v; fresh = fresh || after; dirty = true
       fi;
       stamp = 0; v = 0; after = false }
  od
}

active proctype Poller() {
  byte to, toFp, toVersion, truth, written; bool bad, concerns, mark;
end: do
  :: d_step { dirty -> dirty = false; fresh = false;
#ifndef MUTANT_WRITTEN_AFTER
       written = (given -> ownId : 0)
#endif
     };
     d_step {                                               /* one look, from the cursor's own row on */
       after = false; bad = cursor > newest; concerns = false;
       to = newest; toFp = fp[newest]; toVersion = version; truth = data[newest]; n = cursor + 1;
#ifndef MUTANT_NO_ANCHOR
       bad = bad || !SAME(cursorFp, fp[cursor]);
#endif
#ifndef MUTANT_NO_VERSION
#ifdef BY_HAND
       bad = bad || (to == cursor && to == last && toVersion != lastVersion);
#endif
#endif
#ifndef MUTANT_NO_LINEAGE
       bad = bad || lineage != met;
#endif
       do
       :: n <= to ->
          if :: n == ownId -> passed = fp[n] :: else -> skip fi;
          concerns = concerns || (data[n] != data[n - 1] && !(given && n == ownId && fp[n] == own)); n++
       :: else -> break
       od;
       n = 0 };
     d_step {
#ifdef MUTANT_WRITTEN_AFTER
       written = (given -> ownId : 0);
#endif
#ifndef MUTANT_NO_GIVEN_IDS
       bad = bad || to < written || (given && passed != 0 && !SAME(passed, own));
#endif
       assert(!bad || restores > 0) };
     if
     :: bad ->
        mark = given;
#ifdef MUTANT_REFRESH_FIRST
        d_step { evict() };
#endif
        d_step { cursor = newest; cursorFp = fp[newest]; met = lineage; last = NONE; dirty = true };  /* the place first, */
#ifndef MUTANT_REFRESH_FIRST
        d_step { evict() };                                 /* the refresh then, */
#endif
        d_step { passed = 0; if :: mark -> given = false :: else -> skip fi }    /* and what was given before means nothing now */
     :: else ->
        d_step {
          if :: concerns -> evict() :: else -> skip fi;
          cursor = to; cursorFp = toFp; last = to; lastVersion = toVersion;
#ifdef MUTANT_FORGOTTEN         /* an id that comes back after it was passed is not compared any more */
          passed = 0;
#endif
          assert(cached == NONE || cached == truth || fresh) }
     fi;
     d_step { to = 0; toFp = 0; toVersion = 0; truth = 0; written = 0; bad = false; concerns = false; mark = false }
  od
}
