/* LiteRT through its C library (CompiledModel on XNNPACK). The wheel brings the library without its headers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

typedef void* handle;
struct tensor_type { /* 72 bytes in the library; never looked into here */
  _Alignas(16) unsigned char bytes[256];
};
enum { kOnCpu = 1, kHostMemory = 1, kRead = 0, kWrite = 1 };

/* Each gives 0 where all went well. */
int LiteRtCreateEnvironment(int option_count, const void* options, handle* environment);
int LiteRtCreateModelFromFile(handle environment, const char* path, handle* model);
int LiteRtCreateOptions(handle* options);
int LiteRtSetOptionsHardwareAccelerators(handle options, int accelerators);
int LiteRtCreateOpaqueOptions(const char* identifier, void* payload, void (*release)(void*), handle* options);
int LiteRtAddOpaqueOptions(handle options, handle opaque);
int LiteRtCreateCompiledModel(handle environment, handle model, handle options, handle* compiled);
int LiteRtGetModelSignature(handle model, size_t index, handle* signature);
int LiteRtGetSignatureInputTensorByIndex(handle signature, size_t index, handle* tensor);
int LiteRtGetSignatureOutputTensorByIndex(handle signature, size_t index, handle* tensor);
int LiteRtGetRankedTensorType(handle tensor, struct tensor_type* type);
int LiteRtGetCompiledModelInputBufferRequirements(handle compiled, size_t signature, size_t index,
                                                  handle* wanted);
int LiteRtGetCompiledModelOutputBufferRequirements(handle compiled, size_t signature, size_t index,
                                                   handle* wanted);
int LiteRtGetTensorBufferRequirementsBufferSize(handle wanted, size_t* bytes);
int LiteRtCreateManagedTensorBuffer(handle environment, int kind, const struct tensor_type* type,
                                    size_t bytes, handle* buffer);
int LiteRtGetTensorBufferPackedSize(handle buffer, size_t* bytes);
int LiteRtLockTensorBuffer(handle buffer, void** memory, int mode);
int LiteRtUnlockTensorBuffer(handle buffer);
int LiteRtRunCompiledModel(handle compiled, size_t signature, size_t input_count, handle* inputs,
                           size_t output_count, handle* outputs);

static handle compiled, input, output;

static void must(int status, const char* what) {
  if (status) peer_fail("LiteRT", what);
}
#define MUST(call) must(call, #call)

static handle options_for(const struct task* task) {
  enum { kRoom = 5000 };
  handle options, opaque;
  char* text = malloc(kRoom);
  int used = snprintf(text, kRoom, "num_threads = %d\n", task->threads);
  if (task->cache)
    snprintf(text + used, kRoom - (size_t)used, "weight_cache_file_path = \"%s\"\n",
             peer_cached(task, "weights"));
  MUST(LiteRtCreateOptions(&options));
  MUST(LiteRtSetOptionsHardwareAccelerators(options, kOnCpu));
  MUST(LiteRtCreateOpaqueOptions("xnnpack", text, free, &opaque));
  MUST(LiteRtAddOpaqueOptions(options, opaque));
  return options;
}

static handle buffer_for(handle environment, handle tensor, handle wanted) {
  struct tensor_type type;
  size_t bytes;
  handle buffer;
  MUST(LiteRtGetRankedTensorType(tensor, &type));
  MUST(LiteRtGetTensorBufferRequirementsBufferSize(wanted, &bytes));
  MUST(LiteRtCreateManagedTensorBuffer(environment, kHostMemory, &type, bytes, &buffer));
  return buffer;
}

void peer_open(const struct task* task) {
  handle environment, model, signature, tensor, wanted;
  MUST(LiteRtCreateEnvironment(0, NULL, &environment));
  MUST(LiteRtCreateModelFromFile(environment, peer_file(task, ".tflite"), &model));
  MUST(LiteRtCreateCompiledModel(environment, model, options_for(task), &compiled));
  MUST(LiteRtGetModelSignature(model, 0, &signature));
  MUST(LiteRtGetSignatureInputTensorByIndex(signature, 0, &tensor));
  MUST(LiteRtGetCompiledModelInputBufferRequirements(compiled, 0, 0, &wanted));
  input = buffer_for(environment, tensor, wanted);
  MUST(LiteRtGetSignatureOutputTensorByIndex(signature, 0, &tensor));
  MUST(LiteRtGetCompiledModelOutputBufferRequirements(compiled, 0, 0, &wanted));
  output = buffer_for(environment, tensor, wanted);
  void* memory;
  size_t bytes;
  MUST(LiteRtGetTensorBufferPackedSize(input, &bytes));
  if (bytes != task->input_bytes) peer_fail("LiteRT", "the input has another size");
  MUST(LiteRtLockTensorBuffer(input, &memory, kWrite));
  memcpy(memory, task->input, bytes);
  MUST(LiteRtUnlockTensorBuffer(input));
}

void peer_run(void) { MUST(LiteRtRunCompiledModel(compiled, 0, 1, &input, 1, &output)); }

const int peer_floats_only = 0;

const void* peer_output(size_t* bytes) {
  void* memory;
  MUST(LiteRtGetTensorBufferPackedSize(output, bytes));
  MUST(LiteRtLockTensorBuffer(output, &memory, kRead));
  MUST(LiteRtUnlockTensorBuffer(output)); /* memory of the host stays where it is */
  return memory;
}

void peer_close(void) {}
