package demo

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"fntop/sources"
)

// catalogueAge is how long an answer of the catalogue may lag behind a deploy,
// in simulated time: Lambda's reads are eventually consistent.
const catalogueAge = 5 * time.Second

// catalogue is the functions of a region at one moment. It is not changed
// once made.
type catalogue struct {
	functions []sources.Function  // by name
	groups    []string            // names of their log groups, in order
	writers   map[string][]string // names of the functions that write to a group
}

// catalogues keeps the latest catalogue of each region, since a listing of
// 10,000 functions asks for the same one 200 times.
type catalogues struct {
	mu       sync.Mutex
	byRegion map[string]*catalogueSlot
}

type catalogueSlot struct {
	mu   sync.Mutex
	at   time.Time
	made *catalogue
}

// catalogue is the functions of a region as the call sees them; empty for a
// region the fleet does not live in.
func (s *Server) catalogue(region string, asOf time.Time) *catalogue {
	if !s.lives(region) {
		return &catalogue{}
	}
	s.catalogues.mu.Lock()
	if s.catalogues.byRegion == nil {
		s.catalogues.byRegion = map[string]*catalogueSlot{}
	}
	slot := s.catalogues.byRegion[region]
	if slot == nil {
		slot = &catalogueSlot{}
		s.catalogues.byRegion[region] = slot
	}
	s.catalogues.mu.Unlock()

	at := asOf.Truncate(catalogueAge)
	slot.mu.Lock()
	defer slot.mu.Unlock()
	if slot.made == nil || !slot.at.Equal(at) {
		slot.at, slot.made = at, newCatalogue(s.model.Functions(region, at))
	}
	return slot.made
}

func newCatalogue(functions []sources.Function) *catalogue {
	byName := func(a, b sources.Function) int { return cmp.Compare(a.ID.Name, b.ID.Name) }
	if !slices.IsSortedFunc(functions, byName) {
		functions = slices.SortedStableFunc(slices.Values(functions), byName)
	}
	c := &catalogue{functions: functions, writers: make(map[string][]string, len(functions))}
	for i := range functions {
		if group := functions[i].LogGroup; group != "" {
			c.groups = append(c.groups, group)
			c.writers[group] = append(c.writers[group], functions[i].ID.Name)
		}
	}
	slices.Sort(c.groups)
	c.groups = slices.Compact(c.groups)
	return c
}

// find gives the function of a name.
func (c *catalogue) find(name string) (sources.Function, bool) {
	i, ok := slices.BinarySearchFunc(c.functions, name, func(f sources.Function, name string) int {
		return strings.Compare(f.ID.Name, name)
	})
	if !ok {
		return sources.Function{}, false
	}
	return c.functions[i], true
}

// after gives the functions whose names come after the name.
func (c *catalogue) after(name string) []sources.Function {
	i, found := slices.BinarySearchFunc(c.functions, name, func(f sources.Function, name string) int {
		return strings.Compare(f.ID.Name, name)
	})
	if found {
		i++
	}
	return c.functions[i:]
}

// lives tells whether the fleet lives in the region.
func (s *Server) lives(region string) bool { return slices.Contains(s.model.Regions(), region) }
