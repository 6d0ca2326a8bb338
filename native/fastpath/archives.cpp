// What libbpf.a and libelf.a need of others, but in a way that only a program can give: Debian builds both archives
// without -fPIC. Everything else in them moves.
#include <cstdio>

extern "C" {

// libbpf's own name for stderr (the Makefile gives it one). It is written to only where nobody listens to libbpf.
extern FILE* weft_stderr;
FILE* weft_stderr = stderr;

// libelf's last error, per thread; its own is at an offset that a shared object cannot know.
void __libelf_seterrno(int value);
int elf_errno();
const char* elf_errmsg(int error);
}

static thread_local int last_error = 0;

void __libelf_seterrno(int value) { last_error = value; }

int elf_errno() {
  int error = last_error;
  last_error = 0;
  return error;
}

const char* elf_errmsg(int error) { return error == 0 ? nullptr : "the BPF object is not a whole ELF file"; }
