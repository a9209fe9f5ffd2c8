/* Runs a command and writes the most memory that it had resident, in bytes.
 *
 * The kernel lets a process inherit this figure from the one that started it; a small one between the two
 * keeps it true. usage: peak FILE COMMAND [ARGUMENT...]
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char** words) {
  if (count < 3) return fprintf(stderr, "usage: %s FILE COMMAND [ARGUMENT...]\n", words[0]), 2;
  pid_t child = fork();
  if (child < 0) return perror(words[0]), 1;
  if (child == 0) {
    execv(words[2], words + 2);
    perror(words[2]);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) < 0) return perror(words[0]), 1;
  FILE* file = fopen(words[1], "w");
  if (!file || fprintf(file, "%ld\n", 1024 * usage.ru_maxrss) < 0 || fclose(file)) return perror(words[1]), 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
