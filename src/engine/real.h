/* The number type of the engine. Its sources are compiled twice: as they are for `float`, which trains, and
 * with ENGINE_DOUBLE for `double`, which checks gradients. Every public function of a header that speaks of
 * `real` is renamed there with ENGINE_NAME, so that both builds link into one program; code outside the
 * engine sees `float`. */
#ifndef WINNOW_ENGINE_REAL_H
#define WINNOW_ENGINE_REAL_H

#ifdef ENGINE_DOUBLE
typedef double real;
#define ENGINE_NAME(name) name##_f64
#else
typedef float real;
#define ENGINE_NAME(name) name
#endif

#endif
