/* What C declares of mismatch.rs: every declaration differs in one thing. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct short_one { uint32_t first; uint32_t second; };
struct swapped { uint8_t a; uint16_t b; uint8_t c; };
struct __attribute__((packed)) packed { uint8_t a; uint32_t b; };
struct unsigned_one { int32_t value; uint32_t other; };
struct number { float value; uint32_t other; };
struct address { void *base; uint32_t other; };
struct row { uint8_t bytes[6]; uint16_t other; };
struct inner { uint16_t value; uint16_t more; };
struct outer { struct inner inner; uint32_t other; };
union either { uint32_t word; uint8_t bytes[4]; };
struct longer { uint32_t value; };
struct aligned { uint32_t words[4]; };
struct flags { uint8_t on; uint8_t off; };
struct letter { uint32_t letter; uint32_t other; };
struct callback { void (*done)(uint32_t status, void *context); uint32_t other; };
struct tail { uint32_t value; uint32_t more; };
struct gauge { uint16_t low; uint16_t high; };
struct listed_in_c { uint32_t value; float scale; };
struct twice { struct row row; uint32_t other; };
enum wide { WIDE_SMALL, WIDE_LARGE = 0x10000 };
enum level { LEVEL_LOW = 1, LEVEL_HIGH = 2 };
enum state { STATE_OFF, STATE_ON, STATE_BROKEN, STATE_COUNT };
typedef struct { uint16_t x; uint16_t y; } spot_t;

void take_short(struct short_one *);
void take_swapped(const struct swapped *);
void take_packed(struct packed *);
void take_unsigned(struct unsigned_one *);
void take_number(struct number *);
void take_address(struct address *);
void take_row(struct row *);
void take_outer(struct outer *);
void take_either(union either *);
void take_longer(struct longer *);
void take_aligned(struct aligned *);
void take_flags(struct flags *);
void take_letter(struct letter *);
void take_callback(struct callback *);
void take_tail(struct tail *);
void take_twice(struct twice **);
void take_spot(spot_t *);
void take_wide(enum wide *);
void take_level(enum level *);
void take_state(enum state);
void few_arguments(uint32_t, uint32_t);
void many_arguments(uint32_t);
void int_for_float(uint32_t);
void narrow(uint64_t);
void slice(const uint8_t *, uint32_t);
void truth(uint8_t);
void further(const char *, ...);
void words(uint32_t *);
void deep(uint16_t **);
void by_value(struct inner);
uint32_t returns_nothing(void);
void returns_a_word(void);
float returns_double(void);
extern uint32_t shared_word;
extern uint16_t shared_row[4];
void show_gauge(const struct gauge *gauge);
void show_listed(const struct listed_in_c *listed);
