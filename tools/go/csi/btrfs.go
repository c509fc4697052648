package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of linux/btrfs.h: _IOW(0x94, number, struct btrfs_ioctl_vol_args), which is of 4096 bytes.
const (
	takeSnapshot = 0x50009401
	makeVolume   = 0x5000940e
	destroy      = 0x5000940f
	longest      = 255 // BTRFS_VOL_NAME_MAX
)

// What is known of a subvolume is an attribute of it that pods do not see.
const attribute = "trusted.tier0"

type arguments struct {
	source int64
	name   [4088]byte
}

// about is what a volume or a snapshot was made as.
type about struct {
	Size   int64     `json:"size"`
	Source string    `json:"source"` // the snapshot of a volume, the volume of a snapshot
	Made   time.Time `json:"made"`
}

type storage struct{ root string }

func (s storage) prepare() error {
	var found unix.Statfs_t
	if err := unix.Statfs(s.root, &found); err != nil {
		return fmt.Errorf("%s: %w", s.root, err)
	}
	if found.Type != unix.BTRFS_SUPER_MAGIC {
		return fmt.Errorf("%s: it is no btrfs", s.root)
	}
	for _, folder := range []string{s.volumes(), s.snapshots()} {
		if err := os.MkdirAll(folder, 0o711); err != nil {
			return err
		}
	}
	return nil
}

func (s storage) volumes() string   { return filepath.Join(s.root, "volumes") }
func (s storage) snapshots() string { return filepath.Join(s.root, "snapshots") }

// look returns what is known of a subvolume, nil where there is none.
func look(folder, id string) (*about, error) {
	if id != filepath.Base(id) || len(id) > longest {
		return nil, nil
	}
	held := make([]byte, 4096)
	size, err := unix.Getxattr(filepath.Join(folder, id), attribute, held)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w", id, folder, err)
	}
	found := &about{}
	return found, json.Unmarshal(held[:size], found)
}

// create makes a subvolume, empty or as a snapshot of another, and returns what is known of it. It has its name only
// once it is whole, so that one that was interrupted is made again.
func create(folder, id string, made about, source string) (*about, error) {
	draft := ".draft-" + id
	if err := remove(folder, draft); err != nil {
		return nil, err
	}
	made.Made = time.Now().UTC()
	command, origin := uintptr(makeVolume), -1
	if source != "" {
		opened, err := os.Open(source)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		command, origin = takeSnapshot, int(opened.Fd())
	}
	if err := ioctl(folder, command, draft, origin); err != nil {
		return nil, err
	}
	noted, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, draft)
	if err := unix.Setxattr(path, attribute, noted, 0); err != nil {
		return nil, err
	}
	if source == "" {
		if err := os.Chmod(path, 0o777); err != nil {
			return nil, err
		}
	}
	return &made, os.Rename(path, filepath.Join(folder, id))
}

// remove destroys a subvolume, if there.
func remove(folder, id string) error {
	if id != filepath.Base(id) || len(id) > longest {
		return nil
	}
	err := ioctl(folder, destroy, id, -1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func ioctl(folder string, command uintptr, id string, source int) error {
	opened, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer opened.Close()
	given := arguments{source: int64(source)}
	copy(given.name[:], id)
	_, _, failed := unix.Syscall(unix.SYS_IOCTL, opened.Fd(), command, uintptr(unsafe.Pointer(&given)))
	if failed != 0 {
		return fmt.Errorf("%s in %s: %w", id, folder, failed)
	}
	return nil
}
