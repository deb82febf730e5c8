// Generates the SDK of a package with Pulumi's own code generators, as a language host does for the CLI's
// `pulumi package add` and `pulumi package gen-sdk`.
//
// Arguments: the language, nodejs or python; the folder to write to; and, for a package that refers to others, the
// address of a server of schemas. The package's own schema is read from stdin, as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: pulumi-sdk-generator nodejs|python FOLDER [LOADER] <SCHEMA")
		os.Exit(2)
	}
	loader := ""
	if len(os.Args) == 4 {
		loader = os.Args[3]
	}
	if err := generate(os.Args[1], os.Args[2], loader); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// noOthers is the loader of a package that refers to no other.
type noOthers struct{}

func refused(name string) error {
	return fmt.Errorf("the schema refers to the package %s, and no LOADER was given", name)
}

func (noOthers) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, refused(name)
}

func (noOthers) LoadPackageV2(_ context.Context, other *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, refused(other.Name)
}

func (noOthers) LoadPackageReference(name string, _ *semver.Version) (schema.PackageReference, error) {
	return nil, refused(name)
}

func (noOthers) LoadPackageReferenceV2(
	_ context.Context, other *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return nil, refused(other.Name)
}

func generate(language, folder, loaderAddress string) error {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return fmt.Errorf("the schema is not JSON: %w", err)
	}
	var loader schema.ReferenceLoader = noOthers{}
	if loaderAddress != "" {
		client, err := schema.NewLoaderClient(loaderAddress)
		if err != nil {
			return err
		}
		loader = schema.NewCachedLoader(client)
	}
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return fmt.Errorf("the schema is wrong: %w", diagnostics)
	}

	var files map[string][]byte
	const generator = "pulumi-sdk-generator"
	switch language {
	case "nodejs":
		files, err = nodejs.GeneratePackage(generator, pkg, nil, nil, true /* a folder, not an npm release */, loader)
	case "python":
		files, err = python.GeneratePackage(generator, pkg, nil, loader)
	default:
		err = fmt.Errorf("no SDK can be generated for %q, only for nodejs and python", language)
	}
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
