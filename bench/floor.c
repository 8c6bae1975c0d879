/* What the kernel alone takes for what a release does to each of its files, and for memory that was never touched: floor DIR [DIRECTORIES FILES]
   DIR is empty; makes 5,000 directories of 10 files of 2,000 bytes in it, reads them back, and prints microseconds a call or a page, on one core.
   gcc -O2 bench/floor.c -o /tmp/floor && mkdir /var/tmp/floor && /tmp/floor /var/tmp/floor */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MKDIR, OPEN_DIRECTORY, CREATE, WRITE, CLOSE, STATUS_BY_PATH, OPEN, STATUS, READ, CLOSE_AGAIN, CALLS };
static const char *names[] = {"mkdir", "open a directory", "create", "write", "close", "status by path", "open", "status of what is open", "read", "close again"};
static double took[CALLS];
static int count[CALLS];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int done(int call, double began, int result)
{
	took[call] += now() - began;
	count[call]++;
	if (result < 0) {
		perror(names[call]);
		exit(1);
	}
	return result;
}

/* The order in which a function's arguments are worked out is open. */
#define timed(call, deed) ({ double began = now(); int result = deed; done(call, began, result); })

enum { PAGES = 5000, PAGE = 4096 };

static char *fresh(void)
{
	char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return memory;
}

static void touch(void)
{
	char *memory = fresh();
	double began = now();
	for (int page = 0; page < PAGES; page++)
		memory[page * PAGE] = 1;
	printf("%-24s %6.2f us\n", "a page touched", (now() - began) / PAGES);
	memory = fresh();
	began = now();
	if (madvise(memory, PAGES * PAGE, 23 /* MADV_POPULATE_WRITE */) == 0)
		printf("%-24s %6.2f us\n", "the same, all at once", (now() - began) / PAGES);
}

static int beneath(int directory, const char *name, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW, .mode = flags & O_CREAT ? 0644 : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV };
	return syscall(SYS_openat2, directory, name, &how, sizeof how);
}

int main(int argc, char **argv)
{
	static char bytes[262144];
	struct statx status;
	char name[32];
	int directories = argc > 3 ? atoi(argv[2]) : 5000, files = argc > 3 ? atoi(argv[3]) : 10;
	int root = argc > 1 ? open(argv[1], O_DIRECTORY | O_RDONLY) : -1;
	if (root < 0) {
		fprintf(stderr, "usage: floor DIR [DIRECTORIES FILES]: DIR must be there, and empty\n");
		return 1;
	}

	for (int pass = 0; pass < 2; pass++)
		for (int d = 0; d < directories; d++) {
			sprintf(name, "directory-%d", d);
			if (pass == 0)
				timed(MKDIR, mkdirat(root, name, 0755));
			int directory = timed(OPEN_DIRECTORY, beneath(root, name, O_DIRECTORY));
			for (int f = 0; f < files; f++) {
				sprintf(name, "file-%d.txt", f);
				if (pass == 0) {
					int file = timed(CREATE, beneath(directory, name, O_RDWR | O_CREAT | O_EXCL));
					timed(WRITE, pwrite(file, bytes, 2000, 0));
					timed(CLOSE, close(file));
				} else {
					timed(STATUS_BY_PATH, syscall(SYS_statx, directory, name, AT_SYMLINK_NOFOLLOW, 0x7ff, &status));
					int file = timed(OPEN, beneath(directory, name, O_RDONLY | O_NONBLOCK));
					timed(STATUS, syscall(SYS_statx, file, "", AT_EMPTY_PATH, 0x7ff, &status));
					timed(READ, pread(file, bytes, sizeof bytes, 0));
					timed(CLOSE_AGAIN, close(file));
				}
			}
			close(directory);
		}

	for (int call = 0; call < CALLS; call++)
		printf("%-24s %6.2f us\n", names[call], took[call] / count[call]);
	touch();
	return 0;
}
