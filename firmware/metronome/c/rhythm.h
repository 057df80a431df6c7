/* Accents, spread over a bar as evenly as whole beats allow: E. Bjorklund's rhythms. */
#ifndef RHYTHM_H
#define RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

/* Say whether a beat, counted from 0, is one of the accents of a bar. */
bool rhythm_is_accent(uint32_t beat, uint32_t accents, uint32_t beats);

#endif
