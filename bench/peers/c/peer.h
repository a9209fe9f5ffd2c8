/* What an engine's file gives to main.c: the smallest program on that engine's own library. */
#ifndef VIVACE_BENCH_PEER_H_
#define VIVACE_BENCH_PEER_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task {
  const char* folder; /* holds batchN.onnx and the like */
  const char* cache;  /* a folder for what the engine prepares, or NULL: from the model's file every time */
  int batch, threads;
  const void* input;
  size_t input_bytes;
};

/* Opens the model, ready to run on task->input; exits with a line on stderr where it cannot. */
void peer_open(const struct task* task);
/* One inference. */
void peer_run(void);
/* The last answer, *bytes of it: floats, or bytes where the model gives these. */
const void* peer_output(size_t* bytes);
/* Finishes what the next start will want of this one. */
void peer_close(void);

/* Whether a model in 8-bit integers takes and gives floats in the engine's own form of it. */
extern const int peer_floats_only;

/* FOLDER/batchN.ENDING, in a buffer that the next call overwrites. */
const char* peer_file(const struct task* task, const char* ending);
/* CACHE/NAME, in a buffer of its own. Requires a cache. */
const char* peer_cached(const struct task* task, const char* name);
__attribute__((noreturn)) void peer_fail(const char* what, const char* why);

#ifdef __cplusplus
}
#endif

#endif /* VIVACE_BENCH_PEER_H_ */
