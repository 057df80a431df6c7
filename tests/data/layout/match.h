/* What C declares of match.rs: all of it agrees, though much of it is written otherwise. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hidden;
struct point { int x; int y; };
struct plain { uint8_t a; uint32_t b; float c; double d; int16_t e; char f; signed char g; bool h; };
struct pointers {
	struct plain *plain;
	const void *any;
	void (*callback)(void *context, uint32_t status);
	const char *name;
	struct hidden *hidden;
	uint8_t *bytes;
	size_t count;
	volatile uint32_t *const registers;
	struct pointers *next;
	uint32_t (*table)[4];
};
struct wrapped { uint32_t atomic; uint32_t cell; uint32_t unset; uint32_t number; uint32_t newtype; uint8_t maybe; };
struct open { uint16_t length; uint16_t data[]; };
struct bits { uint32_t low : 3; uint32_t high : 29; uint32_t other; };
struct nameless { uint8_t kind; union { uint32_t word; float real; }; struct { uint16_t low, high; }; };
struct padded { uint8_t a; uint8_t reserved[3]; uint32_t b; };
struct __attribute__((packed)) packed { uint8_t a; uint32_t b; };
struct keyword { uint8_t type; uint8_t match; };
struct camel { uint32_t itemCount; uint32_t lastItem; };
struct matrix { int16_t rows[2][3]; };
struct triple { uint32_t x, y, z; };
struct far_apart { uint32_t word __attribute__((aligned(16))); };
typedef struct { uint32_t x; uint32_t y; } spot_t;
typedef uint32_t handle_t;
union either { uint32_t word; uint8_t bytes[4]; };
enum color { COLOR_RED, COLOR_DARK_BLUE = 7, COLOR_COUNT };
enum small { SMALL_NEGATIVE = -1, SMALL_ONE = 1 };
enum single { SINGLE_ONE };
struct with_enums { enum color color; enum small small; uint8_t raw; uint32_t padding; };

void take_plain(const struct plain *);
void take_pointers(struct pointers *);
void take_wrapped(struct wrapped *);
void take_open(struct open *);
void take_bits(struct bits *);
void take_nameless(struct nameless *);
void take_padded(struct padded *);
void take_packed(struct packed *);
void take_keyword(struct keyword *);
void take_camel(struct camel *);
void take_matrix(struct matrix *);
void take_triple(struct triple *);
void take_far_apart(struct far_apart *);
void take_spot(spot_t, handle_t);
void take_either(union either *);
void take_enums(struct with_enums *, enum color, enum single *);
void take_hidden(struct hidden *, void *, const uint8_t *);
void take_letters(char, const char *, char *[2]);
struct plain give_plain(struct point *by_bytes);
_Noreturn void stop(uint32_t);
void take_addresses(uintptr_t, const intptr_t);
void old_style();
void nothing(void);
uint8_t truth(bool);
extern uint32_t counter;
extern uint8_t buffer[];
void show_point(struct point *point);
