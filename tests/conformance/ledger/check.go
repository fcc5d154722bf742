// Checks a mirror with golang.org/x/mod/sumdb: signatures, every leaf through authenticated tiles,
// the consistency of all checkpoints, and proof files.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder struct{ path string }

func (folder) Height() int                          { return 8 }
func (folder) SaveTiles([]tlog.Tile, [][]byte)       {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		// Go writes tile/8/<level>/…; C2SP leaves the height out.
		data, err := os.ReadFile(filepath.Join(f.path, strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func main() {
	mirror, key := os.Args[1], os.Args[2]
	verifier := must(note.NewVerifier(key))
	head := open(filepath.Join(mirror, "checkpoint"), verifier)
	hashes := tlog.TileHashReader(head, folder{mirror})

	for position, entry := range entries(mirror, head.N) {
		leaf := must(hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(position))}))[0]
		require(leaf == tlog.RecordHash(entry), "the entry %d is not the leaf", position)
	}
	fmt.Println("leaves", head.N)

	var older []tlog.Tree
	require(filepath.Walk(filepath.Join(mirror, "checkpoints"), func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			older = append(older, open(path, verifier))
		}
		return err
	}) == nil, "the checkpoints can't be listed")
	sort.Slice(older, func(i, j int) bool { return older[i].N < older[j].N })
	for _, old := range older {
		proof := must(tlog.ProveTree(head.N, old.N, hashes))
		require(tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash) == nil, "%d is not a beginning of %d", old.N, head.N)
		fmt.Println("consistency", old.N, encode(proof))
	}

	for _, path := range os.Args[3:] {
		checkProof(path, head, hashes, verifier)
	}
}

func checkProof(path string, head tlog.Tree, hashes tlog.HashReader, verifier note.Verifier) {
	parts := strings.SplitN(string(must(os.ReadFile(path))), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	require(lines[0] == "c2sp.org/tlog-proof@v1", "%s is no proof", path)
	entry := decode(strings.TrimPrefix(lines[1], "extra "))
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		proof = append(proof, must(tlog.ParseHash(line)))
	}
	tree := parse([]byte(parts[1]), verifier)
	require(tree == head, "%s has another checkpoint", path)
	require(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)) == nil, "%s proves nothing", path)
	own := must(tlog.ProveRecord(tree.N, index, hashes))
	require(fmt.Sprint(own) == fmt.Sprint(proof), "%s has other hashes", path)
	fmt.Println("inclusion", index)
}

func entries(mirror string, size int64) [][]byte {
	var found [][]byte
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: 8, L: -1, N: n, W: int(min(256, size-n*256))}
		data := must(os.ReadFile(filepath.Join(mirror, strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			found = append(found, data[2:2+length])
			data = data[2+length:]
		}
	}
	require(int64(len(found)) == size, "%d entries for a tree of %d", len(found), size)
	return found
}

func open(path string, verifier note.Verifier) tlog.Tree { return parse(must(os.ReadFile(path)), verifier) }

func parse(raw []byte, verifier note.Verifier) tlog.Tree {
	signed := must(note.Open(raw, note.VerifierList(verifier)))
	lines := bytes.Split([]byte(signed.Text), []byte("\n"))
	require(string(lines[0]) == verifier.Name(), "another origin: %s", lines[0])
	return tlog.Tree{N: must(strconv.ParseInt(string(lines[1]), 10, 64)), Hash: must(tlog.ParseHash(string(lines[2])))}
}

func encode(proof tlog.TreeProof) string {
	var words []string
	for _, hash := range proof {
		words = append(words, hash.String())
	}
	return strings.Join(words, " ")
}

func decode(text string) []byte { return must(base64.StdEncoding.DecodeString(text)) }

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must[T any](value T, err error) T {
	require(err == nil, "%v", err)
	return value
}

func require(holds bool, format string, words ...any) {
	if !holds {
		fmt.Printf("WRONG: "+format+"\n", words...)
		os.Exit(1)
	}
}
