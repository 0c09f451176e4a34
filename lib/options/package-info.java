/** Options that several scripts share, as mixins that know what to do with what they were given. */
package lib.options;
