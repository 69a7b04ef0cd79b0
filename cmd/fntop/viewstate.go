package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fntop/ui"
	"fntop/ui/filter"
	"fntop/ui/page/functions"
)

// viewState keeps how the dashboard was left, one small file for each account
// in $XDG_STATE_HOME/fntop. It holds no secrets. Headless commands neither
// read nor write it, and neither does the demo, which begins the same for
// everybody.
type viewState struct{ dir string }

// viewFile is what stands in such a file.
type viewFile struct {
	Version    int    `json:"version"`
	Sort       string `json:"sort"` // the title of a column
	Descending bool   `json:"descending"`
	Filter     string `json:"filter"`
	Group      string `json:"group,omitempty"`
	WindowS    int64  `json:"window_s"` // 0 is not known
}

const (
	viewVersion = 1
	mostView    = 1 << 16 // bytes
)

// memory is where the dashboard of a session is remembered; nil for nowhere.
func (g *globals) memory(s streams, ses *session) ui.Memory {
	dir := xdgDir(s.env, "XDG_STATE_HOME", filepath.Join(".local", "state"))
	if ses.demo || dir == "" {
		return nil
	}
	return viewState{dir}
}

// path is the file of an account. A name that is no account number never
// becomes part of a path.
func (v viewState) path(account string) string {
	if account == "" || len(account) > 100 || strings.Trim(account, "0123456789+") != "" {
		account = fmt.Sprintf("%x", sha256.Sum256([]byte(account)))[:24]
	}
	return filepath.Join(v.dir, "view-"+account+".json")
}

// Load reads the file of an account. A broken one is set aside, so that it is
// neither read again nor lost.
func (v viewState) Load(account string) (ui.View, bool, error) {
	path := v.path(account)
	view, err := readView(path)
	switch {
	case err == nil:
		return view, true, nil
	case errors.Is(err, os.ErrNotExist):
		return ui.View{}, false, nil
	case errors.Is(err, errBroken):
		if failed := os.Rename(path, path+".broken"); failed != nil {
			return ui.View{}, false, fmt.Errorf("the remembered view is broken: %w", failed)
		}
		return ui.View{}, false, fmt.Errorf("%w, and set aside as %s.broken", err, path)
	}
	return ui.View{}, false, fmt.Errorf("read the remembered view: %w", err)
}

// errBroken is a file that does not hold what Save writes.
var errBroken = errors.New("the remembered view is broken")

func readView(path string) (ui.View, error) {
	f, err := os.Open(path)
	if err != nil {
		return ui.View{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, mostView))
	if err != nil {
		return ui.View{}, err
	}
	var file viewFile
	if err := json.Unmarshal(text, &file); err != nil {
		return ui.View{}, errBroken
	}
	_, wrong := filter.Parse(file.Filter)
	_, ungroupable := functions.ParseGrouping(file.Group)
	window := time.Duration(file.WindowS) * time.Second
	if file.Version != viewVersion || functions.CheckSort(file.Sort) != nil || wrong != nil || ungroupable != nil ||
		file.WindowS != 0 && (file.WindowS < 0 || file.WindowS > int64(longest/time.Second) || window < time.Minute) {
		return ui.View{}, errBroken
	}
	return ui.View{
		Functions: functions.View{Sort: file.Sort, Descending: file.Descending, Filter: file.Filter, Group: file.Group},
		Window:    window,
	}, nil
}

// Save replaces the file of an account in one step: whoever reads it finds
// the old one or the new one.
func (v viewState) Save(account string, view ui.View) error {
	text, err := json.Marshal(viewFile{
		Version: viewVersion, Sort: view.Functions.Sort, Descending: view.Functions.Descending,
		Filter: view.Functions.Filter, Group: view.Functions.Group, WindowS: int64(view.Window / time.Second),
	})
	if err == nil {
		err = replaceFile(v.path(account), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("remember the view: %w", err)
	}
	return nil
}

// replaceFile writes a file of the user's own beside the old one and renames
// it. Its directory is made when it is missing.
func replaceFile(path string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
