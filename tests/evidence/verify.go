// Verifies an evidence log with golang.org/x/mod/sumdb (note, tlog) alone: verify PLACE VERIFIER-KEY [OLDER-CHECKPOINT].
// PLACE is a folder or a URL; a URL is asked with the token of $TOKEN, and without $ENTRIES only for hashes, as a witness
// that may read no names does. $CHECKPOINT: a file with the checkpoint to verify, instead of the last one. The files are those of C2SP tlog-tiles; nothing here comes from Congvu.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type files struct{ dir string }

func (f files) Height() int { return 8 }

// The bytes of one file of the log.
func fetch(dir, name string) ([]byte, error) {
	if !strings.HasPrefix(dir, "http") {
		return os.ReadFile(filepath.Join(dir, name))
	}
	ask, err := http.NewRequest("GET", dir+"/"+name, nil)
	if err != nil {
		return nil, err
	}
	ask.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func path(t tlog.Tile) string {
	// tlog's own path is tile/8/LEVEL/N; tlog-tiles leaves the height away
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := fetch(f.dir, path(t))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func checkpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("origin %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	var hash tlog.Hash
	if err := hash.UnmarshalJSON([]byte(`"` + lines[2] + `"`)); err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

func bundle(dir string, n int64, width int) ([][]byte, error) {
	t := tlog.Tile{H: 8, L: -1, N: n, W: width}
	data, err := fetch(dir, strings.Replace(path(t), "tile/data/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		size := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+size])
		data = data[2+size:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("bundle %d has %d entries", n, len(entries))
	}
	return entries, nil
}

func verify(dir, key, older string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	text, err := fetch(dir, "checkpoint")
	if file := os.Getenv("CHECKPOINT"); file != "" {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return err
	}
	tree, err := checkpoint(text, verifier)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, files{dir})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("root: %v", err)
	}
	hashes := strings.HasPrefix(dir, "http") && os.Getenv("ENTRIES") == ""
	for at := int64(0); at < tree.N && !hashes; {
		width := 256
		if tree.N-at < 256 {
			width = int(tree.N - at)
		}
		entries, err := bundle(dir, at/256, width)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, at+int64(i))})
			if err != nil || hashes[0] != tlog.RecordHash(entry) {
				return fmt.Errorf("entry %d: %v", at+int64(i), err)
			}
		}
		proof, err := tlog.ProveRecord(tree.N, at, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, at, tlog.RecordHash(entries[0])); err != nil {
			return err
		}
		at += int64(width)
	}
	if older == "" {
		fmt.Println(tree.N)
		return nil
	}
	text, err = os.ReadFile(older)
	if err != nil {
		return err
	}
	before, err := checkpoint(text, verifier)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, before.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return err
	}
	fmt.Println(tree.N)
	return nil
}

func main() {
	older := ""
	if len(os.Args) > 3 {
		older = os.Args[3]
	}
	if err := verify(os.Args[1], os.Args[2], older); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
