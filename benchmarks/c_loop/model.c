/* The rules of the model by hand, in C: what the compiled ensemble is measured against.
 *
 * Runs go side by side in lanes, as in the ensemble, but the number of lanes is known to the compiler, all
 * that belongs to a nation lies together, what does not depend on the nation is taken out of the loops over
 * nations, and a nation perceives and weighs (then decides, pledges and is valued) in one pass. The order of
 * every addition and multiplication is that of sim/model/rules.py, so results agree bit for bit. Compile with
 * -ffp-contract=off: a fused multiply-add has other last bits.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef W
#define W 32
#endif
#define LANES for (int l = 0; l < W; l++)
#define BINS 256
#define TERMS 14
#define HOLDS 22
#define SEEN 8
#define STANCES 4
#define RUN_COLUMNS 9
#define FIXED_POINT 1048576.0

#define ALIGNED __attribute__((aligned(W < 8 ? 8 : 64)))
typedef double lane_t[W] ALIGNED;

/* The rows of sim/model/setup.py, which NumPy packs. */
typedef struct __attribute__((packed)) {
    uint64_t code;
    double attributes[6], half_widths[6], preferred[3], deployable, influence, ratification;
    double at_least[4], at_least_half_widths[4];
} nation_row;

/* Levels are taken as given, never drawn. */
typedef struct __attribute__((packed)) {
    double involvement, pressure, clarity, authority, ceasefire, decision_pressure;
    int64_t level_set_in[6];
    bool involvement_set, burden_sharing;
    double ceiling, threshold, width, speed;
    bool reactive;
    double reaction, deterred, purpose[3];
    bool mandate_set, negotiated;
} round_row;

typedef struct __attribute__((packed)) {
    double support_shift;
    bool is_new;
    double stance, anchor_low, anchor_high, least_stance, most_stance;
} statement_row;

typedef struct {
    int64_t nations, rounds, leads, columns;
    const nation_row *nation;
    const round_row *round;
    const statement_row *statement;
    const int64_t *lead;
    const double *ties, *behaviour;
    double force_required;
} setup_t;

/* As in sim/model/tally.py. */
typedef struct {
    int64_t *stances;
    int32_t *propensities;
    int64_t *pledges, *pledge_squares, *sizes;
    int32_t *world;
    int64_t *world_sums;
    double *world_least, *world_most;
    int64_t *force_met, *first_joined, *held_back, *moves, *flows;
    double *runs;
} counts_t;

typedef struct {
    int8_t *stance;
    double *propensity;
} records_t;

enum { B_US, B_AMBIGUITY, B_FIT, B_AUTHORITY, B_THREAT, B_ESCALATION, B_HOME, B_CEASEFIRE, B_PEERS, B_MASS,
       B_FREE, B_PUBLIC, SHIELD_US, SHIELD_CEASEFIRE, ATTENTION, PERSISTENCE, VOLATILITY, COMMON, BARGAINING,
       PLANNING, PUSH, DECAY, RECOVERY, LOSS, CLIMB_0, CLIMB_1, CLIMB_2, SLIP_0, SLIP_1, SLIP_2, PARAMETERS };
enum { RELIANCE, CLARITY_NEED, FEAR, THREAT, FRONTLINE, LEGALISM };

typedef struct {
    lane_t attribute[6], at_least[4];
    lane_t predisposition, us, pressure, peers, lobbying, shock, propensity, stance, approved, met, pledge, worth;
    lane_t first_stance;
    uint64_t shock_key[W] ALIGNED;
} nation_t;

typedef struct {
    lane_t involvement, credibility, signal, pressure, clarity, mandate[3], force, ratio, ratio_at_start;
    lane_t common_weight, own_weight, common_shock, climb[3], slip[3];
    /* the terms, or parts of them, that are alike for all nations */
    lane_t unclear, fit_scale, fighting, ceasefire, mass, free;
    uint64_t run_key[W] ALIGNED, common_key[W] ALIGNED;
    lane_t behaviour[PARAMETERS];
} world_t;

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double clip(double x, double low, double high) { return smaller(larger(x, low), high); }

/* Draws */

static inline uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}
static inline uint64_t element(uint64_t key, uint64_t index) {
    return mix(key + (index + 1) * 0x9E3779B97F4A7C15u);
}
static inline double uniform(uint64_t key, uint64_t index) {
    return (double)(element(key, index) >> 11) * (1.0 / 9007199254740992.0);
}
static inline double standardised(uint64_t key, uint64_t index) {
    return (2.0 * uniform(key, index) - 1.0) * 1.7320508075688772;
}
static inline uint64_t purpose(uint64_t run, uint64_t what, uint64_t nation) {
    return element(element(run, what), nation);
}
enum { FOR_ANCHOR, FOR_SHOCK, FOR_COMMON_SHOCK, FOR_CONDITION, FOR_ATTRIBUTE = FOR_CONDITION + 4 };

/* A round */

static void prepare(world_t *restrict w, const round_row *now) {
    double authority_free = now->ceasefire;
    LANES {
        w->unclear[l] = 1.0 - w->clarity[l];
        w->fit_scale[l] = w->behaviour[B_FIT][l] * 1.5;
        w->fighting[l] = 1.0 - w->behaviour[SHIELD_CEASEFIRE][l] * authority_free;
        w->ceasefire[l] = w->behaviour[B_CEASEFIRE][l] * authority_free;
        w->mass[l] = w->behaviour[B_MASS][l] * smaller(1.0, w->ratio[l]);
        w->free[l] = -w->behaviour[B_FREE][l] * larger(0.0, w->ratio[l] - 1.0);
    }
}

/* The terms but lobbying and shock, added up from left to right. */
static inline double settled(const world_t *restrict w, const nation_t *restrict n, const nation_row *given,
                             double support_shift, double authority, int l) {
    const lane_t *b = w->behaviour;
    double fit = w->mandate[0][l] * given->preferred[0] + w->mandate[1][l] * given->preferred[1]
                 + w->mandate[2][l] * given->preferred[2];
    double uncovered = 1.0 - b[SHIELD_US][l] * n->us[l];
    return b[B_US][l] * n->attribute[RELIANCE][l] * n->us[l]
           + -b[B_AMBIGUITY][l] * n->attribute[CLARITY_NEED][l] * w->unclear[l]
           + w->fit_scale[l] * (fit - 1.0 / 3.0)
           + b[B_AUTHORITY][l] * n->attribute[LEGALISM][l] * authority
           + b[B_THREAT][l] * n->attribute[THREAT][l] * n->pressure[l]
           + -b[B_ESCALATION][l] * n->attribute[FEAR][l] * n->pressure[l] * uncovered * w->fighting[l]
           + -b[B_HOME][l] * n->attribute[FRONTLINE][l] * n->pressure[l]
           + w->ceasefire[l]
           + b[B_PEERS][l] * (n->peers[l] / 3.0)
           + w->mass[l]
           + w->free[l]
           + b[B_PUBLIC][l] * support_shift;
}

static void weigh(const world_t *restrict w, nation_t *restrict n, const nation_row *given, double support_shift,
                  double authority) {
    const nation_row row = *given;
    LANES n->propensity[l] = n->predisposition[l]
                             + (settled(w, n, &row, support_shift, authority, l) + n->lobbying[l] + n->shock[l]);
}

static void perceive(const world_t *restrict w, nation_t *restrict n, uint64_t step) {
    LANES {
        double attention = w->behaviour[ATTENTION][l];
        n->us[l] = n->us[l] + attention * (0.5 + n->attribute[RELIANCE][l]) * (w->signal[l] - n->us[l]);
        n->pressure[l] = n->pressure[l]
                         + attention * (0.5 + n->attribute[THREAT][l]) * (w->pressure[l] - n->pressure[l]);
        double own = standardised(n->shock_key[l], step);
        n->shock[l] = w->behaviour[PERSISTENCE][l] * n->shock[l]
                      + w->behaviour[VOLATILITY][l] * (w->common_shock[l] + w->own_weight[l] * own);
    }
}

static inline double drawn_anchor(const world_t *w, const nation_row *given, const statement_row *said,
                                  uint64_t step, int l) {
    double draw = uniform(purpose(w->run_key[l], FOR_ANCHOR, given->code), step);
    return said->anchor_low + (said->anchor_high - said->anchor_low) * draw;
}

static void anchor(const world_t *restrict w, nation_t *restrict n, const nation_row *given,
                   const statement_row *said, double authority, uint64_t step) {
    LANES {
        double parts = settled(w, n, given, said->support_shift, authority, l) + 0.0 + 0.0;
        n->predisposition[l] = drawn_anchor(w, given, said, step, l) - parts;
    }
}

static void press_ladder(world_t *restrict w, double pressure) {
    const lane_t *b = w->behaviour;
    LANES {
        double middle = (b[CLIMB_0][l] + b[SLIP_1][l]) / 2.0;
        w->climb[0][l] = b[CLIMB_0][l] + pressure * (middle - b[CLIMB_0][l]);
        w->climb[1][l] = b[CLIMB_1][l] + pressure * (middle - b[CLIMB_1][l]);
        w->climb[2][l] = b[CLIMB_2][l];
        w->slip[0][l] = smaller(b[SLIP_0][l] + pressure * (middle - b[SLIP_0][l]), w->climb[0][l] - 0.15);
        w->slip[1][l] = smaller(b[SLIP_1][l] + pressure * (middle - b[SLIP_1][l]), w->climb[1][l] - 0.15);
        w->slip[2][l] = smaller(b[SLIP_2][l], w->climb[2][l] - 0.15);
    }
}

static void great_powers(world_t *restrict w, const round_row *now, uint64_t step) {
    bool scripted = now->involvement_set || !now->burden_sharing;
    LANES {
        double before = w->involvement[l], involvement = scripted ? now->involvement : before;
        if (now->burden_sharing) {
            double share = 0.5 + (w->ratio[l] - now->threshold) / now->width;
            double goal = now->ceiling * clip(share, 0.0, 1.0);
            involvement = involvement + clip(goal - involvement, -now->speed, now->speed);
        }
        double pressure = now->pressure;
        if (now->reactive) {
            double growth = smaller(1.0, w->ratio[l]) - smaller(1.0, w->ratio_at_start[l]);
            pressure = clip(pressure + now->reaction * growth * (1.0 - now->deterred * involvement), 0.0, 1.0);
        }
        double q = w->credibility[l];
        q = clip(q + w->behaviour[RECOVERY][l] * (1.0 - q)
                 - w->behaviour[LOSS][l] * larger(0.0, before - involvement), 0.0, 1.0);
        w->credibility[l] = q;
        w->involvement[l] = involvement;
        w->pressure[l] = pressure;
        w->signal[l] = q * involvement;
        w->common_shock[l] = w->common_weight[l] * standardised(w->common_key[l], step);
    }
}

static inline double herfindahl(double a, double b, double c) { return a * a + b * b + c * c; }

static void script_mandate(world_t *restrict w, const round_row *now) {
    double weight = sqrt(now->clarity), uniform = (1.0 - weight) / 3.0;
    LANES {
        w->clarity[l] = now->clarity;
        for (int k = 0; k < 3; k++) w->mandate[k][l] = uniform + weight * now->purpose[k];
    }
}

static void mandate(const setup_t *s, world_t *restrict w, const nation_t *restrict nations, const round_row *now) {
    if (now->mandate_set || !now->negotiated) script_mandate(w, now);
    if (!now->negotiated) return;
    lane_t weight = {0}, pull[3] = {{0}};
    for (int64_t i = 0; i < s->nations; i++) {
        const nation_row given = s->nation[i];
        LANES {
            double voice = given.influence * (0.2 + nations[i].stance[l] / 3.0);
            weight[l] += voice;
            for (int k = 0; k < 3; k++) pull[k][l] += voice * given.preferred[k];
        }
    }
    LANES {
        double divisor = weight[l] > 0.0 ? weight[l] : 1.0, even = weight[l] > 0.0 ? 0.0 : 1.0 / 3.0;
        double a = pull[0][l] / divisor + even, b = pull[1][l] / divisor + even, c = pull[2][l] / divisor + even;
        double m0 = w->mandate[0][l], m1 = w->mandate[1][l], m2 = w->mandate[2][l];
        double planning = w->behaviour[PLANNING][l], bargaining = w->behaviour[BARGAINING][l];
        double h = herfindahl(m0, m1, m2), mean = m0 * a + m1 * b + m2 * c;
        double first = m0 * (1.0 + planning * (m0 - h) + bargaining * (a - mean));
        double second = m1 * (1.0 + planning * (m1 - h) + bargaining * (b - mean));
        double third = m2 * (1.0 + planning * (m2 - h) + bargaining * (c - mean));
        double whole = first + second + third;
        w->mandate[0][l] = first / whole;
        w->mandate[1][l] = second / whole;
        w->mandate[2][l] = third / whole;
        w->clarity[l] = (herfindahl(first / whole, second / whole, third / whole) - 1.0 / 3.0) / (2.0 / 3.0);
    }
}

static inline bool is_met(double level, double at_least) { return level >= at_least - 1e-9; }

static void decide(const world_t *restrict w, nation_t *restrict n, double deployable, double ratification,
                   const round_row *now, const statement_row *said, double *restrict wanted) {
    double authority = now->authority, ceasefire = now->ceasefire;
    double least = said->least_stance, most = said->most_stance;
    /* No number of rounds is enough for a nation with nothing to send. */
    double rounds = deployable > 0.0 ? ratification : INFINITY;
    LANES {
        double at_least_0 = n->at_least[0][l] - 1e-9, at_least_1 = n->at_least[1][l] - 1e-9;
        double at_least_2 = n->at_least[2][l] - 1e-9, at_least_3 = n->at_least[3][l] - 1e-9;
        double met = w->involvement[l] >= at_least_0 ? 1.0 : 0.0;
        met = w->clarity[l] >= at_least_1 ? met : 0.0;
        met = authority >= at_least_2 ? met : 0.0;
        n->met[l] = ceasefire >= at_least_3 ? met : 0.0;
        double more = n->approved[l] + 1.0;
        n->approved[l] = n->propensity[l] > w->climb[2][l] ? more : 0.0;
    }
    LANES {
        double x = n->propensity[l], stance = n->stance[l];
        double climb_0 = w->climb[0][l], climb_1 = w->climb[1][l], climb_2 = w->climb[2][l];
        double slip_0 = w->slip[0][l], slip_1 = w->slip[1][l], slip_2 = w->slip[2][l];
        double commit = n->approved[l] > rounds ? climb_2 : INFINITY;
        commit = n->met[l] > 0.0 ? commit : INFINITY;
        commit = stance < 2.5 ? commit : INFINITY;
        double climb = stance < 0.5 ? climb_0 : (stance < 1.5 ? climb_1 : commit);
        double slip = stance < 1.5 ? slip_0 : (stance < 2.5 ? slip_1 : slip_2);
        double slipped = x < slip ? stance - 1.0 : stance;
        slipped = slipped < 0.0 ? 0.0 : slipped;
        wanted[l] = clip(x > climb ? stance + 1.0 : slipped, least, most);
    }
}

static void state_position(const world_t *restrict w, const nation_t *restrict n, const statement_row *said,
                           double *restrict wanted) {
    double stated = said->stance, least = said->least_stance, most = said->most_stance;
    LANES {
        double x = n->propensity[l];
        double reached = x > w->climb[1][l] ? 2.0 : (x > w->climb[0][l] ? 1.0 : 0.0);
        wanted[l] = clip(stated == -1.0 ? reached : stated, least, most);
    }
}

static void take_stances(const setup_t *s, nation_t *restrict nations, int64_t i, const double *restrict wanted) {
    int64_t changed = 0;
    LANES changed += wanted[l] != nations[i].stance[l];
    if (!changed) return;
    LANES {
        double change = wanted[l] - nations[i].stance[l];
        if (change != 0.0)
            for (int64_t j = 0; j < s->nations; j++) nations[j].peers[l] += s->ties[j * s->nations + i] * change;
        nations[i].stance[l] = wanted[l];
    }
}

static void pledge(world_t *restrict w, nation_t *restrict n, double deployable) {
    LANES {
        double eagerness = clip((n->propensity[l] - w->climb[2][l]) / 3.0, 0.0, 1.0);
        double soldiers = n->stance[l] > 2.5 ? deployable * (0.5 + 0.5 * eagerness) : 0.0;
        n->pledge[l] = soldiers;
        w->force[l] += soldiers;
    }
}

static void value_visit(const world_t *restrict w, nation_t *restrict n, double deployable, double most) {
    double worthless_from = most < 3.0 ? 0.0 : 3.0; /* no visit wins over a nation that is held out */
    LANES {
        double distance = n->propensity[l] - w->climb[2][l];
        double worth = deployable / (1.0 + distance * distance);
        n->lobbying[l] *= w->behaviour[DECAY][l];
        n->worth[l] = (n->stance[l] < worthless_from) & (n->met[l] > 0.0) ? worth : 0.0;
    }
}

static void lobby(const setup_t *s, const world_t *restrict w, nation_t *restrict nations) {
    for (int64_t k = 0; k < s->leads; k++) LANES nations[s->lead[k]].worth[l] = 0.0;
    for (int64_t k = 0; k < s->leads; k++) {
        lane_t best = {0}, which;
        LANES which[l] = -1.0;
        for (int64_t i = 0; i < s->nations; i++)
            LANES {
                bool better = nations[i].worth[l] > best[l];
                best[l] = better ? nations[i].worth[l] : best[l];
                which[l] = better ? (double)i : which[l];
            }
        const nation_t *lead = &nations[s->lead[k]];
        LANES {
            int64_t chosen = (int64_t)which[l];
            if (chosen >= 0 && lead->stance[l] == 3.0) {
                nations[chosen].worth[l] = 0.0;
                nations[chosen].lobbying[l] += w->behaviour[PUSH][l];
            }
        }
    }
}

static void begin(const setup_t *s, world_t *restrict w, nation_t *restrict nations, uint64_t seed, uint64_t run) {
    const round_row *now = &s->round[0];
    lane_t wanted;
    LANES {
        w->run_key[l] = element(seed, run + l);
        w->common_key[l] = purpose(w->run_key[l], FOR_COMMON_SHOCK, 26 * 26 * 26);
        for (int p = 0; p < PARAMETERS; p++)
            w->behaviour[p][l] = s->behaviour[p * s->columns + (int64_t)((run + l) % s->columns)];
        w->common_weight[l] = sqrt(w->behaviour[COMMON][l]);
        w->own_weight[l] = sqrt(1.0 - w->behaviour[COMMON][l]);
        w->involvement[l] = now->involvement;
        w->credibility[l] = 1.0;
        w->pressure[l] = now->pressure;
        w->force[l] = 0.0;
    }
    script_mandate(w, now);
    press_ladder(w, now->decision_pressure);
    for (int64_t i = 0; i < s->nations; i++) {
        const nation_row given = s->nation[i];
        nation_t *n = &nations[i];
        for (int k = 0; k < 6; k++)
            LANES {
                double draw = uniform(purpose(w->run_key[l], FOR_ATTRIBUTE + k, given.code), 0);
                n->attribute[k][l] = clip(given.attributes[k] + given.half_widths[k] * (2.0 * draw - 1.0), 0.0, 1.0);
            }
        for (int k = 0; k < 4; k++)
            LANES {
                double draw = uniform(purpose(w->run_key[l], FOR_CONDITION + k, given.code), 0);
                n->at_least[k][l] = given.at_least[k] + given.at_least_half_widths[k] * (2.0 * draw - 1.0);
            }
        LANES {
            n->shock_key[l] = purpose(w->run_key[l], FOR_SHOCK, given.code);
            n->us[l] = now->involvement;
            n->pressure[l] = now->pressure;
            n->shock[l] = n->lobbying[l] = n->stance[l] = n->peers[l] = n->met[l] = 0.0;
            double x = drawn_anchor(w, &given, &s->statement[i], 0, l);
            n->propensity[l] = x;
            n->approved[l] = x > w->climb[2][l] ? 1.0 : 0.0;
        }
    }
    for (int64_t i = 0; i < s->nations; i++) {
        state_position(w, &nations[i], &s->statement[i], wanted);
        take_stances(s, nations, i, wanted);
        pledge(w, &nations[i], s->nation[i].deployable);
    }
    LANES w->ratio_at_start[l] = w->ratio[l] = w->force[l] / s->force_required;
    prepare(w, now);
    for (int64_t i = 0; i < s->nations; i++) {
        anchor(w, &nations[i], &s->nation[i], &s->statement[i], now->authority, 0);
        weigh(w, &nations[i], &s->nation[i], s->statement[i].support_shift, now->authority);
    }
}

static void play_round(const setup_t *s, world_t *restrict w, nation_t *restrict nations, int64_t step) {
    const round_row *now = &s->round[step];
    const statement_row *statements = &s->statement[step * s->nations];
    lane_t wanted;
    LANES w->ratio[l] = w->force[l] / s->force_required;
    great_powers(w, now, step);
    mandate(s, w, nations, now);
    press_ladder(w, now->decision_pressure);
    prepare(w, now);
    for (int64_t i = 0; i < s->nations; i++) {
        perceive(w, &nations[i], step);
        if (statements[i].is_new) anchor(w, &nations[i], &s->nation[i], &statements[i], now->authority, step);
        weigh(w, &nations[i], &s->nation[i], statements[i].support_shift, now->authority);
    }
    LANES w->force[l] = 0.0;
    for (int64_t i = 0; i < s->nations; i++) {
        double deployable = s->nation[i].deployable;
        decide(w, &nations[i], deployable, s->nation[i].ratification, now, &statements[i], wanted);
        if (statements[i].is_new) state_position(w, &nations[i], &statements[i], wanted);
        take_stances(s, nations, i, wanted);
        pledge(w, &nations[i], deployable);
        value_visit(w, &nations[i], deployable, statements[i].most_stance);
    }
    lobby(s, w, nations);
}

/* Counting */

static inline int64_t fixed_point(double x) { return (int64_t)(x * FIXED_POINT + 0.5); }

static inline int bin_of(double x, double low, double high) {
    return (int)clip((x - low) / (high - low) * BINS, 0.0, BINS - 1.0);
}

static void count_nation(const nation_t *restrict n, int64_t *restrict stances, int32_t *restrict propensities,
                         int64_t *restrict pledges, int64_t *restrict pledge_squares, int64_t *restrict first, int64_t step, int lanes) {
    int64_t undecided = 0, open = 0, committed = 0, soldiers = 0, squares = 0;
    int place[W];
    for (int l = 0; l < lanes; l++) {
        undecided += n->stance[l] == 1.0;
        open += n->stance[l] == 2.0;
        committed += n->stance[l] == 3.0;
        soldiers += fixed_point(n->pledge[l]);
        squares += (int64_t)(n->pledge[l] * n->pledge[l] + 0.5);
        first[l] = (n->stance[l] == 3.0) & (first[l] > step) ? step : first[l];
    }
    stances[0] += lanes - undecided - open - committed;
    stances[1] += undecided;
    stances[2] += open;
    stances[3] += committed;
    *pledges += soldiers;
    *pledge_squares += squares;
    LANES place[l] = bin_of(n->propensity[l], -6.4, 6.4);
    for (int l = 0; l < lanes; l++) propensities[place[l]]++;
}

static void count_level(const double *restrict level, double limit, int lanes, int32_t *restrict bins,
                        int64_t *restrict total, double *restrict least, double *restrict most) {
    int64_t sum = 0;
    double low = *least, high = *most;
    int place[W];
    LANES place[l] = bin_of(level[l], 0.0, limit);
    for (int l = 0; l < lanes; l++) {
        sum += fixed_point(level[l]);
        low = smaller(level[l], low);
        high = larger(level[l], high);
    }
    *total += sum;
    *least = low;
    *most = high;
    for (int l = 0; l < lanes; l++) bins[place[l]]++;
}

static void count_round(const setup_t *s, const world_t *restrict w, const nation_t *restrict nations, int64_t step,
                        int lanes, double most, int64_t *restrict firsts, const counts_t *c) {
    int64_t N = s->nations;
    lane_t size = {0};
    for (int64_t i = 0; i < N; i++) {
        int64_t at = step * N + i;
        count_nation(&nations[i], c->stances + at * 4, c->propensities + at * BINS, c->pledges + at,
                     c->pledge_squares + at, firsts + i * W, step, lanes);
        LANES size[l] += nations[i].stance[l] == 3.0 ? 1.0 : 0.0;
    }
    for (int l = 0; l < lanes; l++) {
        c->sizes[step * (N + 1) + (int64_t)size[l]]++;
        if (w->force[l] >= s->force_required) {
            c->force_met[step]++;
            if (firsts[N * W + l] > step) firsts[N * W + l] = step;
        }
    }
    const double *seen[SEEN] = {w->force, w->involvement, w->pressure, w->clarity, w->credibility,
                                w->mandate[0], w->mandate[1], w->mandate[2]};
    for (int v = 0; v < SEEN; v++) {
        int64_t at = step * SEEN + v;
        count_level(seen[v], v == 0 ? most : 1.0, lanes, c->world + at * BINS, c->world_sums + at,
                    c->world_least + at, c->world_most + at);
    }
}

static void count_hold(const setup_t *s, const world_t *w, const nation_t *n, int64_t i, int64_t last, int l,
                       int64_t *held) {
    const round_row *now = &s->round[last];
    const nation_row *given = &s->nation[i];
    const lane_t *b = w->behaviour;
    if (given->deployable <= 0.0) { held[0]++; return; }
    double actual[4] = {w->involvement[l], w->clarity[l], now->authority, now->ceasefire};
    if (s->statement[last * s->nations + i].most_stance < 3.0) { held[1]++; return; }
    for (int k = 0; k < 4; k++) held[2 + k] += !is_met(actual[k], n->at_least[k][l]);
    if (n->met[l] == 0.0) return;
    if (n->propensity[l] > b[CLIMB_2][l]) { held[6]++; return; }
    double fit = w->mandate[0][l] * given->preferred[0] + w->mandate[1][l] * given->preferred[1]
                 + w->mandate[2][l] * given->preferred[2];
    double pressure = n->pressure[l], uncovered = 1.0 - b[SHIELD_US][l] * n->us[l];
    double parts[TERMS] = {
        b[B_US][l] * n->attribute[RELIANCE][l] * n->us[l],
        -b[B_AMBIGUITY][l] * n->attribute[CLARITY_NEED][l] * w->unclear[l],
        w->fit_scale[l] * (fit - 1.0 / 3.0),
        b[B_AUTHORITY][l] * n->attribute[LEGALISM][l] * now->authority,
        b[B_THREAT][l] * n->attribute[THREAT][l] * pressure,
        -b[B_ESCALATION][l] * n->attribute[FEAR][l] * pressure * uncovered * w->fighting[l],
        -b[B_HOME][l] * n->attribute[FRONTLINE][l] * pressure,
        w->ceasefire[l],
        b[B_PEERS][l] * (n->peers[l] / 3.0),
        w->mass[l],
        w->free[l],
        b[B_PUBLIC][l] * s->statement[last * s->nations + i].support_shift,
        n->lobbying[l],
        n->shock[l],
    };
    int heaviest = 7; /* the predisposition */
    double least = 0.0;
    for (int k = 0; k < TERMS; k++)
        if (parts[k] < least) {
            heaviest = 8 + k;
            least = parts[k];
        }
    held[heaviest]++;
}

static void count_flows(const nation_t *nations, int64_t N, int l, int64_t *flows) {
    int64_t number[STANCES * STANCES] = {0};
    for (int64_t i = 0; i < N; i++) number[(int)nations[i].first_stance[l] * STANCES + (int)nations[i].stance[l]]++;
    for (int move = 0; move < STANCES * STANCES; move++) flows[move * (N + 1) + number[move]]++;
}

static void count_end(const setup_t *s, const world_t *w, const nation_t *nations, int64_t row, int lanes,
                      const int64_t *firsts, const counts_t *c) {
    int64_t N = s->nations, last = s->rounds;
    for (int l = 0; l < lanes; l++) {
        double *run = c->runs + (row + l) * RUN_COLUMNS;
        int64_t size = 0, joined = 0, left = 0;
        for (int64_t i = 0; i < N; i++) {
            bool is_in = nations[i].stance[l] == 3.0, was_in = firsts[i * W + l] == 0;
            c->first_joined[i * (last + 2) + firsts[i * W + l]]++;
            c->moves[(i * STANCES + (int)nations[i].first_stance[l]) * STANCES + (int)nations[i].stance[l]]++;
            if (!is_in) count_hold(s, w, &nations[i], i, last, l, c->held_back + i * HOLDS);
            size += is_in;
            joined += is_in & !was_in;
            left += was_in & !is_in;
        }
        count_flows(nations, N, l, c->flows);
        int64_t met = firsts[N * W + l];
        run[0] = size; run[1] = w->force[l]; run[2] = w->involvement[l]; run[3] = w->pressure[l];
        run[4] = w->clarity[l]; run[5] = w->credibility[l]; run[6] = met <= last ? (double)met : NAN;
        run[7] = joined; run[8] = left;
    }
}

static void keep(const setup_t *s, const nation_t *nations, int64_t step, int64_t row, int lanes,
                 const records_t *r) {
    for (int l = 0; l < lanes; l++)
        for (int64_t i = 0; i < s->nations; i++) {
            int64_t at = ((row + l) * (s->rounds + 1) + step) * s->nations + i;
            r->stance[at] = (int8_t)nations[i].stance[l];
            r->propensity[at] = nations[i].propensity[l];
        }
}

static void look(const setup_t *s, const world_t *w, const nation_t *nations, int64_t step, int64_t row, int lanes,
                 double most, int64_t *firsts, const counts_t *counts, const records_t *records) {
    if (counts) count_round(s, w, nations, step, lanes, most, firsts, counts);
    if (records) keep(s, nations, step, row, lanes, records);
}

/* Simulate runs from `first_run` on; counts and records are left out where NULL. Returns a number that depends
 * on the results, so that no work is dropped. */
double simulate(const setup_t *s, uint64_t seed, int64_t first_run, int64_t runs, const counts_t *counts,
                const records_t *records) {
    int64_t N = s->nations;
    nation_t *nations = aligned_alloc(64, N * sizeof(nation_t));
    world_t *w = aligned_alloc(64, sizeof(world_t));
    int64_t *firsts = malloc((N + 1) * W * sizeof(int64_t));
    double most = 0.0, sum = 0.0;
    for (int64_t i = 0; i < N; i++) most += s->nation[i].deployable;
    most = larger(most, 1.0);
    for (int64_t row = 0; row < runs; row += W) {
        int lanes = runs - row < W ? (int)(runs - row) : W;
        for (int64_t at = 0; at < (N + 1) * W; at++) firsts[at] = s->rounds + 1;
        begin(s, w, nations, seed, first_run + row);
        for (int64_t i = 0; i < N; i++) LANES nations[i].first_stance[l] = nations[i].stance[l];
        look(s, w, nations, 0, row, lanes, most, firsts, counts, records);
        for (int64_t step = 1; step <= s->rounds; step++) {
            play_round(s, w, nations, step);
            look(s, w, nations, step, row, lanes, most, firsts, counts, records);
        }
        if (counts) count_end(s, w, nations, row, lanes, firsts, counts);
        sum += w->force[0];
    }
    free(nations); free(w); free(firsts);
    return sum;
}
