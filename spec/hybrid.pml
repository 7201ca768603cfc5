/* The rule of hybrid values: a cache of two halves, of which the nodes share one; its invalidations are entries of a log.

   Log: rows 1..newest; each concerns the key (by its name), or a tag that its value bears, or neither. What the database
   holds for the key is told by the newest row that concerns it (nd) and that row's fingerprint (ep). A restore takes
   the last rows away, and each look tells of it (restore.pml).
   Node: its view of the log (fingerprints w, newest concerning row nv) through S, whose evictions have begun; Q: applied.
   Of node 1 nobody reads what it has begun.
   Shared half: the value (v, ve) with P, the Q of its node when its factory began, and vG; and one record: a random
   generation G; M with fM (what rows through this one invalidate is known here); F (values with a P below are void); the
   marks T of the key and U of the tag. It may fail over to an older state, lose its record, or forget a mark.
   Reader, on node 0: this process's half, the shared half (the value first, then the record, judged by what has begun
   since), the factory; then it fills. Filler, on node 1: fills the key or another one, which moves the record on, as a
   publisher does after its commit. Setter, on node 1: writes the value with its entry in one transaction, then stores
   it. Nodes die and start anew, also in the middle of all this.

   Asserted at each read, if no restore came between the node's last look and the end of the read: what is served is not
   older than what the node had applied when the read began, and the row that made it is in the log.

   Not modelled: the second key's own value (all rules are for each key alone, but for the record), more than two nodes. */
//@ holds RESTORES=1
//@ holds SETS=1
//@ holds CRASHES=1
//@ holds FAULTS=1
//@ holds DROPS=1 READS=2
//@ deep W=3 RESTORES=1 READS=2 FILLS=0
//@ deep bitstate RESTORES=1 FILLS=2
//@ deep bitstate RESTORES=1 SETS=1
//@ deep bitstate RESTORES=1 FAULTS=1 DROPS=1 CRASHES=1 SETS=1 READS=2
//@ deep bitstate W=3 RESTORES=1 FAULTS=1 DROPS=1 CRASHES=1
//@ fails MUTANT_DROP_FREE DROPS=1
//@ fails MUTANT_NO_FLOOR DROPS=1
//@ fails MUTANT_APART FAULTS=1
//@ fails MUTANT_NO_GENERATION reverse RESTORES=1 READS=2
//@ fails MUTANT_TRUST_RECORD RESTORES=1 FILLS=0 READS=2
//@ fails MUTANT_NO_LOOK_BACK reverse RESTORES=1
//@ fails MUTANT_APPLIED READS=2
//@ fails MUTANT_NO_STAMP READS=2
//@ fails MUTANT_NO_COMPARE reverse RESTORES=1 SETS=1
//@ fails MUTANT_SET_AHEAD SETS=1 FILLS=0
#ifndef W
#define W 2                     /* appends */
#endif
#ifndef READS
#define READS 1
#endif
#ifndef FILLS
#define FILLS 1
#endif
#ifndef SETS
#define SETS 0
#endif
#ifndef RESTORES
#define RESTORES 0
#endif
#ifndef FAULTS
#define FAULTS 0
#endif
#ifndef DROPS
#define DROPS 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#define NONE 255
#define X (W + 1)
#define MAX(a, b) ((a) > (b) -> (a) : (b))

byte newest, appends, epoch, nd[X], ep[X], kind[X];         /* kind: 1 the key, 2 its tag */
byte v = NONE, ve, P, vG, G = 1, M, fM, F, T, U, generations = 1;
byte kv = NONE, kve, kP, kvG, kG, kM, kfM, kF, kT, kU; bool snapped;
byte S, Q[2], inc[2], met[2], nv[2 * X], w[2 * X];
byte l1 = NONE, l1e, gen;                                   /* node 0's own half */
byte faults, drops, crashes, j;

#define VALID(i) (met[i] == epoch)
inline learn(i) {                                           /* all anew, at the newest place */
  inc[i]++; met[i] = epoch; Q[i] = newest;
  if :: i == 0 -> S = newest; l1 = NONE; gen++ :: else -> skip fi;
  j = 0; do :: j < X -> nv[i * X + j] = (j <= newest -> nd[j] : 0); w[i * X + j] = (j <= newest -> ep[j] : 0); j++ :: else -> break od;
  j = 0
}
inline append(k) { appends++; newest++; ep[newest] = epoch; kind[newest] = k; nd[newest] = (k > 0 -> newest : nd[newest - 1]) }

active proctype Writer() {
end: do
  :: atomic { appends < W -> if :: append(0) :: append(1) :: append(2) fi }
  od
}

active proctype Adversary() {
end: do
  :: atomic { epoch < RESTORES && newest > 0 -> epoch++;
       if :: newest-- :: newest > 1 -> newest = newest - 2 fi;
       d_step { j = newest + 1; do :: j < X -> nd[j] = 0; ep[j] = 0; kind[j] = 0; j++ :: else -> break od; j = 0 } }
  :: d_step { drops < DROPS && T > 0 -> drops++;            /* a mark is forgotten */
#ifndef MUTANT_DROP_FREE
       F = MAX(F, T);
#endif
       T = 0 }
  :: d_step { drops < DROPS && U > 0 -> drops++; F = MAX(F, U); U = 0 }
  :: d_step { faults < FAULTS && !snapped -> snapped = true;
       kv = v; kve = ve; kP = P; kvG = vG; kG = G; kM = M; kfM = fM; kF = F; kT = T; kU = U }
  :: d_step { faults < FAULTS && snapped -> faults++;       /* a replica takes over that was behind */
       v = kv; ve = kve; P = kP; vG = kvG; G = kG; M = kM; fM = kfM; F = kF; T = kT; U = kU }
  :: d_step { faults < FAULTS -> faults++;                  /* the record is evicted */
#ifdef MUTANT_APART
       T = 0; U = 0
#else
       G = 0; M = 0; fM = 0; F = 0; T = 0; U = 0
#endif
     }
  od
}

#define VIEW(i) nv[i * X + e] = nd[e]; w[i * X + e] = ep[e]

active proctype Poller0() {
  byte e, my;
end: do
  :: d_step { VALID(0) && S < newest && Q[0] == S -> my = inc[0]; e = S + 1; VIEW(0); S = e;     /* evictions begin, */
       if :: nd[e] == e -> l1 = NONE; gen++ :: else -> skip fi };
     d_step { if :: my == inc[0] -> Q[0] = e :: else -> skip fi; e = 0; my = 0 }                  /* and are done */
  :: d_step { !VALID(0) -> learn(0) }
  :: d_step { crashes < CRASHES -> crashes++; learn(0) }
  od
}
active proctype Poller1() {
  byte e;
end: do
  :: d_step { VALID(1) && Q[1] < newest -> e = Q[1] + 1; VIEW(1); Q[1] = e; e = 0 }
  :: d_step { !VALID(1) -> learn(1) }
  :: d_step { crashes < CRASHES -> crashes++; learn(1) }
  od
}

#ifdef MUTANT_NO_GENERATION
#define SAME (G != 0)
#else
#define SAME (gotG == G && G != 0)
#endif
#ifdef MUTANT_NO_FLOOR
#define ABOVE (p0 >= T && p0 >= U)
#else
#ifdef MUTANT_NO_TAG
#define ABOVE (p0 >= F && p0 >= T)
#else
#define ABOVE (p0 >= F && p0 >= T && p0 >= U)
#endif
#endif
#ifdef MUTANT_TRUST_RECORD      /* M is not compared with the node's own view */
#define KNOWN (M >= a0)
#else
#define KNOWN (M <= a0 && w[M] == fM)
#endif
#ifdef MUTANT_NO_OWN_VIEW       /* later invalidations that the node knows of count for nothing */
#define LATER true
#else
#define LATER (c0 <= M || c0 <= p0)
#endif

/* Node i fills with the value (got, gotE), whose factory began at p0; `mine`: it is the key's. One look at the log, from
   row M on; then the record and the value are written in one step, if nothing has changed meanwhile. */
inline fill(i, mine) {
  d_step { rG = G; rM = M; rfM = fM };
  d_step {
    anew = !(rG != 0 && rM <= newest && ep[rM] == rfM);
    e = newest; fe = ep[newest]; t = 0; u = 0; j = rM + 1;
    do
    :: j <= newest -> if :: kind[j] == 1 -> t = j :: kind[j] == 2 -> u = j :: else -> skip fi; j++
    :: else -> break
    od;
    j = 0;
#ifndef MUTANT_NO_LOOK_BACK     /* a restore that came since the factory began goes unseen */
    if :: my != inc[i] || !VALID(i) -> rG = NONE :: else -> skip fi
#endif
  };
  d_step {
    if
#ifdef MUTANT_NO_COMPARE
    :: rG != NONE && my == inc[i] ->
#else
    :: G == rG && M == rM && fM == rfM && my == inc[i] ->
#endif
       if
       :: anew -> generations++; G = generations; M = e; fM = fe; F = e; T = 0; U = 0
       :: else ->
          T = MAX(T, t);
#ifndef MUTANT_TAG_UNMARKED
          U = MAX(U, u);
#endif
          M = e; fM = fe;
          if :: mine -> v = got; ve = gotE; P = p0; vG = G :: else -> skip fi
       fi
    :: else -> skip
    fi;
    rG = 0; rM = 0; rfM = 0; t = 0; u = 0; e = 0; fe = 0; anew = false }
}
/* The factory reads the database, or a region of its node. */
inline make(i) {
#ifndef MUTANT_LATE_P
  p0 = Q[i];
#endif
  if
  :: d_step { got = nd[newest]; gotE = ep[got] }
  :: d_step { my == inc[i] && (i == 1 || Q[i] == S) -> got = nv[i * X + Q[i]]; gotE = w[i * X + got] }
  fi;
#ifdef MUTANT_LATE_P
  p0 = Q[i]
#endif
}

active proctype Reader() {
  byte reads, q0, a0, c0, g0, p0, got = NONE, gotE, gotG, my, rG, rM, rfM, t, u, e, fe; bool ok, anew;
end: do
  :: d_step { reads < READS -> reads++; my = inc[0]; ok = VALID(0); q0 = nv[Q[0]]; g0 = gen; got = l1; gotE = l1e;
       assert(got == NONE || !ok || (got >= q0 && ep[got] == gotE)) };
     if
     :: got != NONE
     :: else ->
        d_step { got = v; gotE = ve; p0 = P; gotG = vG };    /* the value first, then the record */
        d_step {
#ifdef MUTANT_APPLIED           /* in place of begun */
          a0 = Q[0];
#else
          a0 = S;
#endif
          c0 = nv[a0];
          if :: my == inc[0] && got != NONE && SAME && KNOWN && ABOVE && LATER -> skip :: else -> got = NONE; gotE = 0 fi;
          p0 = 0; gotG = 0; a0 = 0; c0 = 0 };
        if
        :: got != NONE
        :: else ->
           make(0);
           fill(0, true)
        fi;
        d_step {
          assert(my != inc[0] || !ok || !VALID(0) || (got >= q0 && got <= newest && ep[got] == gotE));
          if
#ifdef MUTANT_NO_STAMP
          :: my == inc[0] -> l1 = got; l1e = gotE
#else
          :: my == inc[0] && gen == g0 -> l1 = got; l1e = gotE
#endif
          :: else -> skip
          fi }
     fi;
     d_step { got = NONE; gotE = 0; q0 = 0; g0 = 0; p0 = 0; my = 0; ok = false }
  od
}

active proctype Filler() {
  byte fills, p0, got, gotE, my, rG, rM, rfM, t, u, e, fe; bool anew, mine;
end: do
  :: atomic { fills < FILLS -> fills++; my = inc[1]; if :: mine = true :: mine = false fi };
     make(1);
     fill(1, mine);
     d_step { got = 0; gotE = 0; p0 = 0; my = 0; mine = false }
  od
}

active proctype Setter() {
  byte sets, p0, got, gotE, my, rG, rM, rfM, t, u, e, fe; bool anew;
end: do
  :: d_step { sets < SETS && appends < W && VALID(1) -> sets++; my = inc[1]; append(1); got = newest; gotE = ep[newest];
#ifndef MUTANT_SET_AHEAD
       p0 = newest
#endif
     };
#ifdef MUTANT_SET_AHEAD         /* as if it held what was committed since, too */
     p0 = newest;
#endif
     fill(1, true);
     d_step { got = 0; gotE = 0; p0 = 0; my = 0 }
  od
}
