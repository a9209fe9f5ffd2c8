/* ONNX Runtime through its C library. The wheel brings no header: the API is a table of functions whose order
 * is fixed for ever, so a slot's number (counted in onnxruntime_c_api.h, as its own checks of the order do)
 * is its address. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer.h"

enum {
  kApiVersion = 17,
  kFloat32 = 1,
  kInt32 = 6,
  kAllOptimisations = 99,
  kNoOptimisations = 0,
  kArenaAllocator = 1,
  kDefaultMemory = 0
};

enum slot {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetOptimizedModelFile = 11,
  kSetGraphOptimizationLevel = 23,
  kSetIntraOpThreads = 24,
  kSetInterOpThreads = 25,
  kInputTypeInfo = 33,
  kOutputTypeInfo = 34,
  kInputName = 36,
  kOutputName = 37,
  kCreateTensorWithData = 49,
  kTensorInfoOfType = 55,
  kElementType = 60,
  kRank = 61,
  kDimensions = 62,
  kElementCount = 64,
  kCpuMemory = 69,
  kDefaultAllocator = 78,
};

typedef void* (*function)(); /* gives NULL, or the status that tells what went wrong */
struct base {
  const function* (*api)(uint32_t version);
};
extern const struct base* OrtGetApiBase(void);

static const function* api;
static void *session, *input, *output;
static const char *input_name, *output_name;
static void* answer;
static size_t answer_bytes;

static void must(void* status) {
  if (status) peer_fail("ONNX Runtime", ((const char* (*)(void*))api[kGetErrorMessage])(status));
}

/* The tensor of the input or the output on memory of ours, which is allocated for the output. */
static void* tensor(enum slot type_info, void* memory, size_t* bytes) {
  void *type, *where, *made;
  const void* info;
  int element;
  size_t rank, count;
  int64_t shape[8];
  must(((void* (*)(void*, size_t, void**))api[type_info])(session, 0, &type));
  must(((void* (*)(void*, const void**))api[kTensorInfoOfType])(type, &info));
  must(((void* (*)(const void*, int*))api[kElementType])(info, &element));
  must(((void* (*)(const void*, size_t*))api[kRank])(info, &rank));
  if (rank > 8) peer_fail("ONNX Runtime", "more than 8 dimensions");
  must(((void* (*)(const void*, int64_t*, size_t))api[kDimensions])(info, shape, rank));
  must(((void* (*)(const void*, size_t*))api[kElementCount])(info, &count));
  if (element != kFloat32 && element != kInt32) peer_fail("ONNX Runtime", "neither float32 nor int32");
  if (*bytes && *bytes != 4 * count) peer_fail("ONNX Runtime", "the input has another size");
  *bytes = 4 * count;
  if (!memory) answer = memory = aligned_alloc(64, (*bytes + 63) / 64 * 64);
  must(((void* (*)(int, int, void**))api[kCpuMemory])(kArenaAllocator, kDefaultMemory, &where));
  must(((void* (*)(void*, void*, size_t, const int64_t*, size_t, int, void**))api[kCreateTensorWithData])(
      where, memory, *bytes, shape, rank, element, &made));
  return made;
}

/* The file to open: what the last start has optimised, where there is a cache, else the model's. */
static const char* file_for(const struct task* task, void* options) {
  const char* optimised = task->cache ? peer_cached(task, "optimised.onnx") : NULL;
  int there = optimised && access(optimised, R_OK) == 0;
  must(((void* (*)(void*, int))api[kSetGraphOptimizationLevel])(
      options, there ? kNoOptimisations : kAllOptimisations));
  if (optimised && !there)
    must(((void* (*)(void*, const char*))api[kSetOptimizedModelFile])(options, optimised));
  return there ? optimised : peer_file(task, ".onnx");
}

void peer_open(const struct task* task) {
  void *env, *options, *allocator;
  api = OrtGetApiBase()->api(kApiVersion);
  must(((void* (*)(int, const char*, void**))api[kCreateEnv])(3, "peer", &env));
  must(((void* (*)(void**))api[kCreateSessionOptions])(&options));
  must(((void* (*)(void*, int))api[kSetIntraOpThreads])(options, task->threads));
  must(((void* (*)(void*, int))api[kSetInterOpThreads])(options, 1));
  must(((void* (*)(void*, const char*, void*, void**))api[kCreateSession])(env, file_for(task, options),
                                                                           options, &session));
  must(((void* (*)(void**))api[kDefaultAllocator])(&allocator));
  must(((void* (*)(void*, size_t, void*, const char**))api[kInputName])(session, 0, allocator, &input_name));
  must(
      ((void* (*)(void*, size_t, void*, const char**))api[kOutputName])(session, 0, allocator, &output_name));
  size_t bytes = task->input_bytes;
  input = tensor(kInputTypeInfo, (void*)task->input, &bytes);
  output = tensor(kOutputTypeInfo, NULL, &answer_bytes);
}

void peer_run(void) {
  must(((void* (*)(void*, void*, const char* const*, void* const*, size_t, const char* const*, size_t,
                   void**))api[kRun])(session, NULL, &input_name, &input, 1, &output_name, 1, &output));
}

const int peer_floats_only = 1;

const void* peer_output(size_t* bytes) {
  *bytes = answer_bytes;
  return answer;
}

void peer_close(void) {}
