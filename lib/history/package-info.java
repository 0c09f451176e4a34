//DEPS org.eclipse.jgit:org.eclipse.jgit:7.8.1.202611041320-r
//DEPS org.eclipse.jgit:org.eclipse.jgit.ssh.apache:7.8.1.202611041320-r
//DEPS org.eclipse.jgit:org.eclipse.jgit.ssh.apache.agent:7.5.0.202512021534-r

/**
 * The results that are kept: their names and places in results/, the git commit that holds them, the push.
 * Git is JGit, so that no git has to be installed; where one is, it is asked for what only it knows: the user's
 * configuration with its conditional includes, and the passwords that its credential helpers keep. A commit is
 * signed by the program that git would call, gpg or ssh-keygen, which know the user's agents and cards; JGit's own
 * signers know neither and need Bouncy Castle (10 MB).
 */
package lib.history;
